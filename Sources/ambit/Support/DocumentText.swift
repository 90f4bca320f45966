import Foundation

/// Documents as people read them: one line per value.
enum DocumentText {
    /// `path: value` for every leaf, in order.
    static func lines(_ document: String) -> [[String]] {
        guard let value = try? JSONSerialization.jsonObject(with: Data(document.utf8)) else { return [[document]] }
        var lines: [[String]] = []
        collect(value, [], &lines)
        return lines
    }

    /// What a subject is called: its title or name, or the start of its text.
    static func title(_ document: String) -> String {
        guard let value = try? JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any] else {
            return ""
        }
        for key in ["title", "name", "text", "value"] {
            if let found = value[key] {
                let text = words(found).replacing("\n", with: " ")
                return text.count > 70 ? text.prefix(69) + "…" : text
            }
        }
        return ""
    }

    /// The field that says how far it is, and its value as JSON.
    static func standing(_ document: String) -> (name: String, value: [UInt8])? {
        guard let value = try? JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any] else {
            return nil
        }
        return ["status", "phase", "role", "on", "due"].lazy.compactMap { name in
            (value[name] as? String).flatMap { try? JSONEncoder().encode($0) }.map { (name, Array($0)) }
        }.first
    }

    /// One JSON value in words; text without quotes.
    static func words(json: [UInt8]?) -> String {
        guard let json else { return "(absent)" }
        guard let value = try? JSONSerialization.jsonObject(with: Data(json), options: .fragmentsAllowed) else {
            return String(decoding: json, as: UTF8.self)
        }
        return words(value)
    }

    private static func collect(_ value: Any, _ path: [String], _ lines: inout [[String]]) {
        if let object = value as? [String: Any] {
            for key in object.keys.sorted() {
                collect(object[key] as Any, path + [key], &lines)
            }
        } else {
            lines.append([path.joined(separator: " › "), words(value)])
        }
    }

    private static func words(_ value: Any) -> String {
        if let text = value as? String { return text }
        let options: JSONSerialization.WritingOptions = [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? JSONSerialization.data(withJSONObject: value, options: options) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }
}
