package import AgendaModel
package import EventLog
internal import GRDB

extension FoldedState {
    /// A subject with its document.
    package struct Subject {
        package var name: String
        /// In JCS form.
        package var document: [UInt8]
        fileprivate let registers: (_ path: String) throws -> Register?

        /// One of its registers; nil when there is none at this path.
        package func register(at path: String) throws -> Register? { try registers(path) }
    }

    /// Reads the state as one reads a state file.
    ///
    /// - Parameters:
    ///   - personal: whether personal fields are part of what is read.
    ///   - body: reads; what it is given must not leave it.
    /// - Returns: what the body returns.
    /// - Throws: `ProjectionError`, what the body throws.
    package func read<Value>(
        personal: PersonalFields.Treatment = .included,
        _ body: (StateView) throws -> Value
    ) throws -> Value {
        switch place {
        case .memory(let past): try past.read(personal: personal, body)
        case .file(let file): try file.read(personal: personal, body)
        }
    }

    /// SHA-256 over all documents; see `TimeTravel.digest`.
    package func digest() throws -> Hash {
        switch place {
        case .memory(let past): TimeTravel.digest(of: past.state)
        case .file(let file): try file.digest()
        }
    }

    /// Calls the body with each subject that has a document, sorted bytewise: of one kind, or of all.
    package func forEachSubject(of kind: String? = nil, _ body: (Subject) throws -> Void) throws {
        switch place {
        case .memory(let past):
            let state = past.state
            for name in SubjectRange(kind: kind, after: nil).slice(of: past.subjects) {
                guard let document = state.document(of: name) else { continue }
                try body(Subject(name: name, document: document) { state.register(of: name, at: $0) })
            }
        case .file(let file):
            var last: String?
            // Page by page, so that nothing that the body does happens inside a reading of the file.
            while true {
                let page = try file.read { try $0.encodedSubjects(kind: kind, after: last, limit: Self.page) }
                for (name, encoded) in page {
                    guard let document = State.document(inRegisters: encoded, of: name) else {
                        throw SubjectRow.damaged
                    }
                    try body(
                        Subject(name: name, document: document) { path in
                            guard let registers = State.registers(encoded, of: name) else { throw SubjectRow.damaged }
                            return registers.first { $0.path == path }
                        }
                    )
                }
                if page.count < Self.page { return }
                last = page.last?.subject
            }
        }
    }

    /// The register of a subject at a path; nil when there is none.
    package func register(of subject: String, at path: String) throws -> Register? {
        switch place {
        case .memory(let past): past.state.register(of: subject, at: path)
        case .file(let file): try file.registers(of: subject).first { $0.path == path }
        }
    }

    /// The registers whose heads have different values, sorted by subject and path.
    package func conflicts() throws -> [Conflict] {
        switch place {
        case .memory(let past): past.state.conflicts
        case .file(let file): try file.conflicts()
        }
    }

    /// What subjects are called.
    package var naming: Naming { Naming { try self.register(of: $0, at: $1)?.heads.first?.value } }

    /// How many subjects are read at once.
    private static let page = 1024
}

extension StateView {
    /// A page of subjects with their registers as they were encoded, sorted bytewise.
    fileprivate func encodedSubjects(
        kind: String?,
        after: String?,
        limit: Int
    ) throws -> [(subject: String, encoded: [UInt8])] {
        var found: [(subject: String, encoded: [UInt8])] = []
        var rows = try SubjectRange(kind: kind, after: after).rows(db)
        while found.count < limit, let (subject, encoded) = try rows.next() { found.append((subject, encoded)) }
        return found
    }
}
