import ArgumentParser
import Foundation

/// A verifier key and where its owner is, as given on the command line: `<verifier key>=<url>`.
struct KeyAtAddress {
    var key: String
    var url: String

    /// - Throws: `ValidationError`; neither key nor address is looked at.
    init(argument: String) throws {
        // Base64 may end in "=" itself.
        let separator = ["=http://", "=https://"].compactMap { argument.range(of: $0) }.first
        guard let separator else {
            throw ValidationError("it is given as its verifier key, =, and its http(s) address")
        }
        key = String(argument[..<separator.lowerBound])
        url = String(argument[argument.index(after: separator.lowerBound)...])
    }
}
