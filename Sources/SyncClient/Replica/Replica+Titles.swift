internal import AgendaModel
internal import Foundation
internal import Projections

extension Replica {
    /// The full form of a subject that is given by its id, its title, or a part of the title that no other has.
    ///
    /// - Parameters:
    ///   - text: `<kind>/<id>`, an id alone, or words of a title in any order; case does not count.
    ///   - kind: of what kind it must be; nil for any.
    /// - Returns: `<kind>/<id>`.
    /// - Throws: `ReplicaError`: `unknownSubject`, `ambiguousSubject` with those that it may be.
    public func resolve(_ text: String, kind: String?) throws(ReplicaError) -> String {
        let subject: String
        do throws(ReplicaError) {
            subject = try resolve(text)
        } catch {
            guard error.code == .unknownSubject, !text.contains("/") else { throw error }
            return try titled(text, kind)
        }
        guard let kind, !subject.hasPrefix("\(kind)/") else { return subject }
        throw ReplicaError(
            .unknownSubject,
            "\(subject) is no \(kind)",
            nextStep: "name a \(kind) by its title, or by its id"
        )
    }

    /// What subjects are called; those without a title are left out.
    package func titles(of subjects: some Sequence<String>) throws(ReplicaError) -> [String: String] {
        let subjects = Set(subjects)
        return try overlaid { view in
            let naming = view.naming
            var titles: [String: String] = [:]
            for subject in subjects { titles[subject] = try naming.title(of: subject) }
            return titles
        }
    }

    private func titled(_ text: String, _ kind: String?) throws(ReplicaError) -> String {
        let sought = Self.folded(text)
        let words = sought.split(separator: " ")
        let found = try overlaid { view in
            var (whole, part): ([Titled], [Titled]) = ([], [])
            for kind in kind.map({ [$0] }) ?? Self.kindsWithTitles {
                try view.forEachDocument(kind: kind) { subject, document in
                    guard let values = try? JSONValue(parsing: document),
                        let title = values["title"]?.text ?? values["name"]?.text
                    else { return true }
                    let folded = Self.folded(title)
                    if folded == sought {
                        whole.append(Titled(subject: subject, title: title))
                    } else if !words.isEmpty, words.allSatisfy({ folded.contains($0) }) {
                        part.append(Titled(subject: subject, title: title))
                    }
                    return true
                }
            }
            return whole.isEmpty ? part : whole
        }
        guard let first = found.first else { throw .unknownSubject(kind.map { "\($0) \(text)" } ?? "subject \(text)") }
        guard found.count == 1 else {
            let shown = found.prefix(10).map { "\($0.title) (\($0.subject))" }.joined(separator: ", ")
            throw ReplicaError(
                .ambiguousSubject,
                "\"\(text)\" can be \(found.count) subjects: \(shown)\(found.count > 10 ? ", …" : "")",
                nextStep: "type more of the title, or the id"
            )
        }
        return first.subject
    }

    private struct Titled {
        var subject: String
        var title: String
    }

    /// Those that people know by a title or a name.
    private static let kindsWithTitles = Catalogue.current.kinds.filter { kind in
        kind.field(named: "title") != nil || kind.field(named: "name") != nil
    }.map(\.name)

    /// Without regard to case, marks on letters, and the width of spaces.
    private static func folded(_ text: String) -> String {
        text.folding(options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
            .split { $0.isWhitespace }.joined(separator: " ")
    }
}
