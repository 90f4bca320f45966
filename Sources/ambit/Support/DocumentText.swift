import AgendaModel
import Projections

/// Documents as people read them: one line per value.
enum DocumentText {
    /// `path: value` for every leaf, in order of name.
    static func lines(_ document: JSONValue) -> [[String]] { lines(document, []) }

    private static func lines(_ value: JSONValue, _ path: [String]) -> [[String]] {
        guard let members = value.members else { return [[path.joined(separator: " › "), words(value)]] }
        return members.sorted { $0.name < $1.name }.flatMap { lines($0.value, path + [$0.name]) }
    }

    /// What a subject is called: its title or name, or the start of its text.
    static func title(_ document: String) throws -> String {
        let value = try JSONValue(folded: Array(document.utf8))
        for key in ["title", "name", "text", "value"] {
            if let found = value[key] {
                let text = words(found).replacing("\n", with: " ")
                return text.count > 70 ? text.prefix(69) + "…" : text
            }
        }
        return ""
    }

    /// One JSON value in words; text without quotes.
    static func words(json: [UInt8]?) -> String {
        guard let json else { return "(absent)" }
        guard let value = try? JSONValue(parsing: json) else { return String(decoding: json, as: UTF8.self) }
        return words(value)
    }

    private static func words(_ value: JSONValue) -> String { value.text ?? value.compact }
}
