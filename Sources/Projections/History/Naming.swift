package import AgendaModel

/// Finds what people call subjects and authors.
package struct Naming {
    /// The fields that a subject is called by, the first that it has; of a note, its text.
    package static let titleFields = ["title", "name", "text"]
    /// The fields that people write into, and look for words in.
    package static let textFields = titleFields + ["summary", "statement", "vision", "answer", "reason", "source"]

    /// Gives the value that is shown at a path of a subject's document, as JSON; nil when there is none.
    package typealias Lookup = (_ subject: String, _ path: String) throws -> [UInt8]?

    private let lookup: Lookup

    package init(_ lookup: @escaping Lookup) { self.lookup = lookup }

    /// What a subject is called: its title, its name, or the start of its text; a measurement is called as its indicator.
    package func title(of subject: String) throws -> String? {
        for name in Self.titleFields {
            if let text = try text(subject, "/\(name)"), !text.isEmpty { return Self.shortened(text) }
        }
        guard let indicator = try text(subject, "/indicator") else { return nil }
        return try text(indicator, "/name").map(Self.shortened)
    }

    /// What a subject with this document is called by its own words: its title, its name, or the start of its text.
    package static func title(in document: JSONValue) -> String? {
        wholeTitle(in: document).map(shortened)
    }

    /// As ``title(in:)``, but all of it.
    package static func wholeTitle(in document: JSONValue) -> String? {
        titleFields.lazy.compactMap { document[$0]?.text }.first { !$0.isEmpty }
    }

    package func author(of source: EventSource) throws -> Author {
        let member = try text(source.rawValue, "/member").map { MemberID(unchecked: $0) }
        return Author(
            source: source,
            deviceName: try text(source.rawValue, "/name"),
            member: member,
            memberName: try member.flatMap { try text($0.rawValue, "/name") }
        )
    }

    /// The titles of the subjects that the changes of a subject refer to, in their paths and values, and its own.
    package func titles(for subject: String, _ changes: [FieldChange]) throws -> [String: String] {
        var found: [String: String] = [:]
        func find(_ subject: String) throws {
            if found[subject] == nil, let title = try title(of: subject) { found[subject] = title }
        }
        try find(subject)
        for change in changes {
            for name in Self.subjects(in: change.path) { try find(name) }
            guard case .reference = Catalogue.current.form(at: change.path, of: subject) else { continue }
            for value in [change.before, change.after, change.written] + change.others.map(\.value) {
                if let referred = try value.json.flatMap(Self.text) { try find(referred) }
            }
        }
        return found
    }

    /// The titles of the subjects that a path of a document leads through.
    package func titles(in path: String) throws -> [String: String] {
        try Self.subjects(in: path).reduce(into: [:]) { $0[$1] = try title(of: $1) }
    }

    private static func subjects(in path: String) -> [String] {
        (JSONPointer.names(path) ?? []).filter { $0.contains("/") }
    }

    private func text(_ subject: String, _ path: String) throws -> String? {
        try lookup(subject, path).flatMap(Self.text)
    }

    private static func text(_ value: [UInt8]) throws -> String? { try JSONValue(folded: value).text }

    private static func shortened(_ text: String) -> String {
        let line = text.utf8.contains(UInt8(ascii: "\n")) ? text.replacing("\n", with: " ") : text
        // Characters are at most as many as bytes, and take longer to count.
        guard line.utf8.count > maximumLength else { return line }
        return line.count > maximumLength ? line.prefix(maximumLength - 1) + "…" : line
    }

    /// Of a title, in characters: it stands on one line with more.
    private static let maximumLength = 70
}

extension Naming {
    /// Names as a state has them.
    package init(_ state: State) {
        self.init { state.register(of: $0, at: $1)?.heads[0].value }
    }
}
