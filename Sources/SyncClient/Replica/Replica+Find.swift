internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import Foundation
internal import Projections

extension Replica {
    /// The full form of a subject that may be given without its kind.
    ///
    /// - Parameter subject: `<kind>/<id>`, or the id alone where only one kind has such a subject.
    /// - Returns: `<kind>/<id>`.
    /// - Throws: `ReplicaError`: `unknownSubject`, `ambiguousSubject`.
    public func resolve(_ subject: String) throws(ReplicaError) -> String {
        let found = try candidates(subject)
        if found.count > 1 { throw .ambiguous(found) }
        guard let full = found.first else { throw .unknownSubject(named: subject) }
        return full
    }

    /// The subject that a person means: by its name, short or full, or by its title.
    ///
    /// - Parameters:
    ///   - text: as for `resolve`; or its title, or a part of the title that no other has, without regard to case.
    ///   - kind: the kind that it has to have; nil = any.
    /// - Returns: `<kind>/<id>`.
    /// - Throws: `ReplicaError`: `unknownSubject`, `ambiguousSubject`, `wrongKind`.
    public func subject(meaning text: String, of kind: String? = nil) throws(ReplicaError) -> String {
        let named = try candidates(text)
        let found = named.filter { subject in kind.map { subject.hasPrefix("\($0)/") } ?? true }
        if found.count > 1 { throw .ambiguous(found) }
        if let full = found.first { return full }
        if let other = named.first, let kind { throw .wrongKind(try titled(other), wanted: kind) }
        let called = try titled(with: text, of: kind)
        if called.count > 1 { throw .severalTitled(text, called) }
        if let first = called.first { return first.subject }
        if let kind, let other = try titled(with: text, of: nil).first { throw .wrongKind(other, wanted: kind) }
        throw .unknownSubject(named: text)
    }

    private func candidates(_ subject: String) throws(ReplicaError) -> [String] {
        let names = subject.contains("/") ? [subject] : Catalogue.current.kinds.map { "\($0.name)/\(subject)" }
        let lookup = SubjectLookup(store: store, state: try state(), device: try settings.device)
        return try performing("looking for \(subject)") { try names.filter { try lookup.exists($0) } }
    }

    /// The subjects whose title or text has all of the words, in any order and without regard to case and accents.
    ///
    /// ```swift
    /// for found in try replica.find("warmtenet noord") {
    ///     print(found.subject, found.title)
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - words: parted by spaces; none find everything that has a text.
    ///   - kind: of the catalogue; nil = all.
    /// - Returns: sorted by subject, with what is pending.
    /// - Throws: `ReplicaError`.
    public func find(_ words: String, kind: String? = nil) throws(ReplicaError) -> [FoundSubject] {
        let search = TextSearch(words: words.split(whereSeparator: \.isWhitespace))
        return try found(kind: kind, having: search, in: Naming.textFields)
    }

    /// Those whose title is the text, otherwise those whose title has it.
    private func titled(with text: String, of kind: String?) throws(ReplicaError) -> [FoundSubject] {
        let search = TextSearch(text: text)
        // An empty text is part of every title.
        guard !search.isEmpty else { return [] }
        let wanted = TextSearch.folded(text)
        var areWhole: [Bool] = []
        let parts = try found(kind: kind, having: search, in: Naming.titleFields) { title in
            guard search.finds(in: [title]) else { return false }
            areWhole.append(TextSearch.folded(title) == wanted)
            return true
        }
        let whole = zip(parts, areWhole).filter(\.1).map(\.0)
        return whole.isEmpty ? parts : whole
    }

    private func titled(_ subject: String) throws(ReplicaError) -> FoundSubject {
        FoundSubject(subject: subject, title: try shown(subject).titles[subject] ?? subject)
    }

    private func found(
        kind: String?,
        having search: TextSearch,
        in fields: [String],
        firstTextIsRight isRight: (String) -> Bool = { _ in true }
    ) throws(ReplicaError) -> [FoundSubject] {
        try overlaid { view in
            var found: [FoundSubject] = []
            try view.forEachDocument(kind: kind, having: search, in: fields) { subject, values in
                guard let text = fields.lazy.compactMap({ values[$0]?.text }).first, isRight(text) else { return true }
                found.append(FoundSubject(subject: subject, title: try view.naming.title(of: subject) ?? text))
                return true
            }
            return found
        }
    }
}
