/// Why nothing was changed of who takes part.
package struct AdministrationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sort of fault, for programs to act on.
    package enum Code: Hashable, Sendable {
        /// There is no such member, or it takes no part any more.
        case unknownMember
        case unknownDevice
        /// There is no such invite, or it was used, withdrawn or is too old.
        case unknownInvite
        /// An invite cannot be valid for so long.
        case invalidDays
    }

    package var code: Code
    /// What is wrong, and what to do next.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
