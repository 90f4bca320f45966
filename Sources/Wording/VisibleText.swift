internal import AgendaModel

/// Text from elsewhere, fit for eyes: on terminals, and on pages.
package enum VisibleText {
    /// Shows what a terminal would obey, and what nobody would see.
    ///
    /// Control characters are shown by their pictures (U+2400 and on), and hidden characters by their numbers. Tabs stay. Of marks
    /// on one letter, which stack over the lines around it, so many are shown as any script needs, and an ellipsis.
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
        var marks = 0
        /// How many marks there are on the letter, up to and with this one; 0 for what is no mark.
        func count(_ scalar: Unicode.Scalar) -> Int {
            marks = isMark(scalar) ? marks + 1 : 0
            return marks
        }
        guard !text.unicodeScalars.allSatisfy({ stays($0) && count($0) <= maximumMarks }) else { return text }
        var result = String.UnicodeScalarView()
        marks = 0
        for scalar in text.unicodeScalars {
            let count = count(scalar)
            if count > maximumMarks {
                if count == maximumMarks + 1 { result.append("…") }
            } else if stays(scalar) {
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

    private static let maximumMarks = 8

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value > 0x7F else { return false }
        let category = scalar.properties.generalCategory
        return category == .nonspacingMark || category == .enclosingMark
    }

    /// The beginning of a text, with an ellipsis where it goes on.
    package static func shortened(_ text: String, to length: Int) -> String {
        guard let end = text.index(text.startIndex, offsetBy: length, limitedBy: text.endIndex), end < text.endIndex
        else { return text }
        return text[..<end] + "…"
    }
}
