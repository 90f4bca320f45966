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

    /// Whether it is shown as room alone: white space of any kind, and what looks like it.
    package var isBlank: Bool {
        switch value {
        // A pattern of braille without a dot, hieroglyphs that fill room, a filler of Khitan, and a note without a head.
        case 0x2800, 0x13441, 0x13442, 0x16FE4, 0x1D159: true
        default: properties.isWhitespace
        }
    }

    /// Whether it may stand in the name of a person or a device, by which others tell them apart.
    ///
    /// Of all that is blank, that is a space.
    package var mayStandInName: Bool {
        if self == " " { return true }
        return properties.generalCategory != .control && !isHidden && !isBlank && !properties.isVariationSelector
    }
}
