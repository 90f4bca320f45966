/// The values of a document's outermost members that the read models look at.
struct DocumentValues {
    private let bytes: [UInt8]
    private var members: [(name: String, value: Range<Int>)] = []

    init(_ document: [UInt8]) {
        bytes = document
        document.withUnsafeBufferPointer { buffer in
            var reader = DocumentMembers(buffer)
            while let member = reader.next() {
                members.append((String(decoding: buffer[member.name], as: UTF8.self), member.value))
            }
        }
    }

    /// In order of name.
    ///
    /// Names with escapes are given as written; no field and no subject has any.
    var names: [String] { members.map(\.name) }

    private func value(_ name: String) -> ArraySlice<UInt8>? {
        members.first { $0.name == name }.map { bytes[$0.value] }
    }

    func string(_ name: String) -> String? {
        guard let value = value(name), value.first == UInt8(ascii: "\""), value.count >= 2 else { return nil }
        return JSONText.unescape(value.dropFirst().dropLast())
    }

    func number(_ name: String) -> Double? {
        guard let value = value(name), let first = value.first,
            first == UInt8(ascii: "-") || (0x30...0x39).contains(first)
        else { return nil }
        return Double(String(decoding: value, as: UTF8.self))
    }

    func isTrue(_ name: String) -> Bool {
        value(name)?.elementsEqual("true".utf8) ?? false
    }

    func object(_ name: String) -> DocumentValues? {
        guard let value = value(name), value.first == UInt8(ascii: "{") else { return nil }
        return DocumentValues(Array(value))
    }
}
