/// What people and devices are called, for others to know them by.
package enum DisplayName {
    /// How long, in Unicode code points.
    package static let lengths = 1...200

    /// Whether a text may be one: it is short and on one line, something of it is seen, and nothing in it is not.
    ///
    /// `Protocol/openapi.yaml` has the same as a pattern.
    package static func isValid(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        return lengths.contains(scalars.count) && scalars.allSatisfy(\.mayStandInName)
            && scalars.contains { !$0.properties.isWhitespace }
    }
}
