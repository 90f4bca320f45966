/// Why a snapshot could not be made.
package struct SnapshotError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which kind of error it is.
    package enum Code: String, Sendable {
        /// The format cannot hold that much.
        case tooLarge = "too-large"
        /// The disk, or SQLite, could not take it.
        case inputOutput = "input-output"
    }

    package var code: Code
    /// What happened and what to do next.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
