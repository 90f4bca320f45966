/// Why something that a person typed is no event, or no value.
package struct InputError: Error, Equatable {
    /// What is wrong, as programs know it.
    package enum Code: String, Sendable {
        case unknownType = "unknown-type"
        case invalidData = "invalid-data"
        case notUTF8 = "not-utf-8"
    }

    package let code: Code
    /// What is wrong and where, for the person who typed it; repeats what they typed.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
