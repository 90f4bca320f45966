package import AgendaModel

/// A subject's name that follows from the event that created it: `<kind>/<device id>-<counter>`.
package struct DerivedName {
    package var kind: Substring
    package var source: EventSource
    package var counter: Counter

    /// nil for other names.
    package init?(_ name: String) {
        guard let slash = name.utf8.firstIndex(of: UInt8(ascii: "/")),
            let hyphen = name.utf8.lastIndex(of: UInt8(ascii: "-")), slash < hyphen,
            let counter = Int(name[name.index(after: hyphen)...]), counter > 0,
            String(counter).utf8.elementsEqual(name[name.index(after: hyphen)...].utf8)
        else { return nil }
        kind = name[..<slash]
        source = EventSource(unchecked: DeviceID.prefix + name[name.index(after: slash)..<hyphen])
        self.counter = Counter(counter)
    }
}

extension CounterRun {
    /// Whether the event that gives a subject its name is in this run, at that position.
    package func places(_ name: DerivedName, at position: Position) -> Bool {
        source == name.source && first <= name.counter && name.counter <= last
            && position == self.position(of: name.counter)
    }
}
