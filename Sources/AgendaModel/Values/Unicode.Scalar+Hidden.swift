extension Unicode.Scalar {
    /// Whether nobody sees it, or it changes where others around it are seen: two texts that look the same may differ in it.
    ///
    /// Format and other ignorable characters such as U+200B, the controls of the Unicode Bidirectional Algorithm (UAX #9),
    /// annotations, and separators of lines and paragraphs. A variation selector, as emoji have them, is none.
    package var isHidden: Bool {
        switch value {
        // Most of what is shown; to ask for properties takes longer.
        case 0...0x7F: false
        case 0x2028, 0x2029, 0xFFF9...0xFFFB: true
        default: properties.isBidiControl || properties.isDefaultIgnorableCodePoint && !properties.isVariationSelector
        }
    }

    /// Whether it may stand in the name of a person or a device, by which others tell them apart.
    package var mayStandInName: Bool {
        properties.generalCategory != .control && !isHidden && !properties.isVariationSelector
    }
}
