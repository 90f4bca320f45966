/// The members of a document's outermost object, read from its JCS form without taking in what they hold.
///
/// Only for documents that the fold made: those are valid, so nothing is checked here. Reading stops at bytes that
/// make no sense.
package struct DocumentMembers {
    package struct Member {
        /// Between the quotes; as written, so with its escapes.
        package var name: Range<Int>
        package var value: Range<Int>
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var at: Int

    /// Reads an object that fills the bytes from its `{` to its `}`.
    package init(_ object: UnsafeBufferPointer<UInt8>) {
        bytes = object
        at = 1
    }

    /// The next member; nil after the last.
    package mutating func next() -> Member? {
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\""), let name = stringEnd(at),
            name < bytes.count, bytes[name] == UInt8(ascii: ":"), let value = valueEnd(name + 1)
        else { return nil }
        defer { at = value + 1 }
        return Member(name: at + 1..<name - 1, value: name + 1..<value)
    }

    /// The index after the closing quote of the string that starts at an index.
    private func stringEnd(_ start: Int) -> Int? {
        var index = start + 1
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\\"): index += 2
            case UInt8(ascii: "\""): return index + 1
            default: index += 1
            }
        }
        return nil
    }

    /// The index after the value that starts at an index.
    private func valueEnd(_ start: Int) -> Int? {
        var index = start
        var depth = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                guard let end = stringEnd(index) else { return nil }
                index = end
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                index += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return index }
                depth -= 1
                index += 1
            case UInt8(ascii: ",") where depth == 0:
                return index
            default:
                index += 1
            }
        }
        return nil
    }
}
