/// Why a server does not start.
///
/// The message says what to do next.
package struct ServerError: Error, Hashable, Sendable, CustomStringConvertible {
    package var message: String
    package init(_ message: String) { self.message = message }
    package var description: String { message }
}
