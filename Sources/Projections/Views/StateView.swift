package import AgendaModel
internal import Foundation
internal import GRDB

/// One snapshot of the read models, possibly with pending events laid over it.
///
/// A view is valid only inside the body that it was given to.
package struct StateView {
    let db: Database
    /// How many entries the snapshot stands for.
    package let size: LogSize
    /// The subjects of the pending events, as these would make them; nil when there are none.
    let overlay: State?
    /// Sorted bytewise.
    let overlaid: [String]
    /// Whether that is the whole state, with nothing in the file.
    let isInMemory: Bool
    let personal: PersonalFields.Treatment
    let reads = ReadCounter()

    init(_ db: Database, pending: [[UInt8]], personal: PersonalFields.Treatment) throws {
        self.db = db
        self.personal = personal
        isInMemory = false
        size = try LogMark.readSize(db)
        guard !pending.isEmpty else {
            overlay = nil
            overlaid = []
            return
        }
        var state = State(at: size)
        let loader = SubjectLoader(db)
        for event in pending {
            _ = try event.withUnsafeBufferPointer { try state.overlay(event: $0, load: loader.load) }
        }
        let changed = state.takeChanges()
        try SubjectRow.holdBeside(
            state.sorted(changed).filter { state.isNew($0, since: 0) }.map(state.name),
            db
        )
        overlay = state
        overlaid = state.subjects
    }

    /// A view of a state in memory, over a file with nothing in it.
    init(_ db: Database, of state: State, subjects: [String], personal: PersonalFields.Treatment) {
        self.db = db
        self.personal = personal
        isInMemory = true
        size = state.size
        overlay = state
        overlaid = subjects
    }

    /// Whether the subject is one that pending events are about.
    package func hasPending(_ subject: String) -> Bool { overlay?.contains(subject) ?? false }

    /// The subject's document in JCS form; nil when the subject does not exist.
    package func document(of subject: String) throws -> [UInt8]? {
        guard personal.shows(subject) else { return nil }
        let document = try overlay?.document(of: subject) ?? SubjectRow.document(of: subject, db)
        reads.add(bytes: document?.count ?? 0)
        return try document.map { try personal.apply(to: $0, of: subject) }
    }

    /// The subject's registers with their heads: what, by whom, when; empty when the subject does not exist.
    package func registers(of subject: String) throws -> [Register] {
        let registers =
            hasPending(subject) ? overlay?.registers(of: subject) ?? [] : try SubjectRow.registers(of: subject, db)
        let bytes = registers.reduce(0) { sum, register in register.heads.reduce(sum) { $0 + ($1.value?.count ?? 0) } }
        reads.add(bytes: bytes)
        return try registers.filter { try personal.shows($0, of: subject) }
    }
}

extension StateView {
    /// Whether a subject may be seen by whom the view is for.
    package func shows(_ subject: String) -> Bool { personal.shows(subject) }
}
