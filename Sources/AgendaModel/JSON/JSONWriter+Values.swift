extension JSONWriter {
    /// A member that is a position, a size or a counter.
    package mutating func member(_ name: String, _ value: some RawRepresentable<Int>) {
        member(name, value.rawValue)
    }

    /// A member that is a name of a device, a member, a source or an agenda.
    package mutating func member(_ name: String, _ value: some Identifier) {
        member(name, value.rawValue)
    }
}
