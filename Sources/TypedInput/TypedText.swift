internal import Foundation

/// Text as people type it.
package enum TypedText {
    /// The text in Normalization Form C (UAX #15).
    ///
    /// Keyboards and systems compose the same characters in different ways. Recorded as typed, values that look the same would
    /// be in conflict.
    package static func composed(_ text: String) -> String { text.precomposedStringWithCanonicalMapping }
}
