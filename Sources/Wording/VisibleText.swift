internal import AgendaModel

/// Text from elsewhere, fit for eyes: on terminals, and on pages.
package enum VisibleText {
    /// Shows what a terminal would obey, and what nobody would see.
    ///
    /// Control characters are shown by their pictures (U+2400 and on), and hidden characters by their numbers. Tabs stay.
    ///
    /// - Parameters:
    ///   - text: whatever somebody gave.
    ///   - lines: 1 where no line of it may look like one of Ambit's own; nil where its line breaks stay.
    /// - Returns: the text that is shown.
    package static func of(_ text: String, lines: Int? = nil) -> String {
        func stays(_ scalar: Unicode.Scalar) -> Bool {
            if scalar == "\n" { return lines == nil }
            if (0x20...0x7E).contains(scalar.value) { return true }
            return scalar == "\t" || scalar.properties.generalCategory != .control && !scalar.isHidden
        }
        guard !text.unicodeScalars.allSatisfy(stays) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if stays(scalar) {
                result.append(scalar)
            } else if scalar.value < 0x20, let picture = Unicode.Scalar(0x2400 + scalar.value) {
                result.append(picture)
            } else if scalar.properties.generalCategory == .control {
                result.append("\u{FFFD}")
            } else {
                let number = String(scalar.value, radix: 16, uppercase: true)
                result += "<U+\(String(repeating: "0", count: max(0, 4 - number.count)))\(number)>".unicodeScalars
            }
        }
        return String(result)
    }

    /// The beginning of a text, with an ellipsis where it goes on.
    package static func shortened(_ text: String, to length: Int) -> String {
        guard let end = text.index(text.startIndex, offsetBy: length, limitedBy: text.endIndex), end < text.endIndex
        else { return text }
        return text[..<end] + "…"
    }
}
