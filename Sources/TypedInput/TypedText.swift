internal import AgendaModel
internal import Foundation
internal import Wording

/// Text as people type it.
package enum TypedText {
    /// The text in Normalization Form C (UAX #15).
    ///
    /// Keyboards and systems compose the same characters in different ways. Recorded as typed, values that look the same would
    /// be in conflict.
    package static func composed(_ text: String) -> String { text.precomposedStringWithCanonicalMapping }

    /// The text as it is kept.
    ///
    /// - Throws: `InputError`, as `checkMarks`.
    package static func checked(_ text: String) throws(InputError) -> String {
        let text = composed(text)
        try checkMarks(text)
        return text
    }

    /// The text as a field keeps it: as `checked`, and something of it is seen.
    ///
    /// - Throws: `InputError`, as `checkMarks`; with `invalidData` for spaces alone, and for what nobody sees.
    package static func checkedValue(_ text: String) throws(InputError) -> String {
        let text = try checked(text)
        // What is empty is absent, and where it may not be is for the catalogue to say.
        guard text.isEmpty || text.unicodeScalars.contains(where: isSeen) else {
            throw InputError(.invalidData, .nothingSeen)
        }
        return text
    }

    /// The name of a person or a device as it is kept: as `checked`, with one space between its words.
    ///
    /// - Throws: `InputError`, as `checkMarks`.
    package static func name(_ text: String) throws(InputError) -> String { DisplayName.spaced(try checked(text)) }

    private static func isSeen(_ scalar: Unicode.Scalar) -> Bool {
        scalar != " " && scalar.mayStandInName
    }

    /// More marks than a character has in any script: the stream-safe text format of UAX #15 has 30 at most.
    static let maximumMarks = 32

    /// Refuses text in which a character carries more marks than anybody writes, which cover the lines around it.
    ///
    /// What stands in a log already is read as ever.
    ///
    /// - Throws: `InputError` with `invalidData`.
    package static func checkMarks(_ text: String) throws(InputError) {
        // Fewer bytes do not hold so many.
        guard text.utf8.count > maximumMarks else { return }
        var count = 0
        for scalar in text.unicodeScalars {
            guard scalar.value > 0x7F, isMark(scalar) else {
                count = 0
                continue
            }
            count += 1
            guard count <= maximumMarks else {
                throw InputError(.invalidData, .tooManyMarks, with: ["count": "\(maximumMarks)"])
            }
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .spacingMark: true
        default: false
        }
    }
}
