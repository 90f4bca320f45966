internal import AgendaModel

/// Gives each distinct name a number.
///
/// Names come as bytes, and only a new one becomes a `String`.
struct NameTable: Sendable {
    private(set) var names: [String] = []
    private var numbers = ByteInterner(expected: 32)

    /// The number of this name.
    mutating func number(of name: UnsafeBufferPointer<UInt8>) -> Int32 {
        let number = Int32(numbers.number(of: name))
        if number == names.count { names.append(String(decoding: name, as: UTF8.self)) }
        return number
    }

    /// The number of this name.
    mutating func number(of name: String) -> Int32 {
        var name = name
        return name.withUTF8 { number(of: $0) }
    }
}
