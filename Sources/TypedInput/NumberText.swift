package import AgendaModel

/// Numbers as people type them: digits, with a point and an exponent if need be.
package enum NumberText {
    /// The number that a text stands for.
    ///
    /// - Parameters:
    ///   - text: as typed.
    ///   - isInteger: whether only whole numbers are meant.
    /// - Returns: nil for text that is no such number.
    /// - Throws: `InputError` with `invalidData` for one that cannot be kept as it was typed; zeros at the ends do not count.
    static func value(_ text: String, isInteger: Bool = false) throws -> JSONValue? {
        guard let typed = DecimalText(text), !isInteger || typed.isWhole else { return nil }
        guard let number = DecimalText.exactly(text) else { throw inexact(text) }
        return JSONValue(number)
    }

    /// Looks at the numbers in data that was written by hand.
    ///
    /// - Throws: `InputError` with `invalidData` for one that cannot be kept as it was written.
    package static func check(_ value: JSONValue) throws {
        if let text = value.inexactNumber { throw inexact(text) }
    }

    private static func inexact(_ text: String) -> InputError {
        let read = Double(text).flatMap { $0.isFinite ? ": it would be read as \($0)" : nil } ?? ""
        return InputError(.invalidData, "\"\(text)\" has more digits than can be kept\(read). Round it first.")
    }
}
