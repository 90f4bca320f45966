/// What people and devices are called, for others to know them by.
package enum DisplayName {
    /// How long, in Unicode code points.
    package static let lengths = 1...200

    /// Whether a text may be one: words on one line, with one space between two of them, and all of it is seen.
    ///
    /// Otherwise a name would look like another one. `Protocol/openapi.yaml` has the same as a pattern.
    package static func isValid(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        guard lengths.contains(scalars.count), scalars.allSatisfy(\.mayStandInName) else { return false }
        return scalars.split(separator: " ", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
    }

    /// A text as typed, with one space between its words, of whatever kind they were, and none around them.
    package static func spaced(_ text: String) -> String {
        text.unicodeScalars.split { $0.properties.generalCategory == .spaceSeparator }.map { String($0) }
            .joined(separator: " ")
    }
}
