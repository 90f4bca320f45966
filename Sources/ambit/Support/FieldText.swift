import AgendaModel
import Foundation
import SyncClient

/// Values as people type them: the catalogue says what a text means.
enum FieldText {
    /// What `JSONSerialization` writes for a text.
    ///
    /// - Parameters:
    ///   - text: as typed; empty = absent.
    ///   - form: what the field holds.
    ///   - resolve: gives the whole subject for a short one.
    /// - Returns: nil for text that is no value of the form.
    /// - Throws: what `resolve` throws.
    static func value(_ text: String, _ form: Catalogue.Form, resolve: (String) throws -> String) throws -> Any? {
        guard !text.isEmpty else { return NSNull() }
        switch form {
        case .string, .date, .oneOf:
            return text
        case .reference:
            return text.contains("/") ? text : try resolve(text)
        case .integer:
            return Int(text)
        case .number:
            if let number = Int(text) { return number }
            return Double(text).flatMap { $0.isFinite ? $0 : nil }
        case .boolean, .present:
            return Bool(text)
        case .object, .map:
            // Foundation keeps one of two members with the same name.
            guard (try? JSONValue(parsing: text)) != nil else { return nil }
            return (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any]
        }
    }
}
