internal import Foundation

/// Strings of JSON values.
enum JSONStrings {
    /// The text that a value is; nil for values of other sorts.
    static func decode(_ json: [UInt8]) -> String? {
        guard json.first == UInt8(ascii: "\""), json.count >= 2 else { return nil }
        let inner = json[1..<json.count - 1]
        guard inner.contains(UInt8(ascii: "\\")) else { return String(decoding: inner, as: UTF8.self) }
        return (try? JSONSerialization.jsonObject(with: Data(json), options: .fragmentsAllowed)) as? String
    }
}
