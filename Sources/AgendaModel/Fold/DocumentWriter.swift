/// Puts a document together from its leaves, in the order of `PointerOrder`, none of them below another.
struct DocumentWriter {
    /// The pieces of the path of the leaf that was added last; empty where it has one piece, which says nothing of what is
    /// open.
    private var open: [[UInt8]] = []
    private var isEmpty = true

    /// Adds a leaf; its path is a pointer without its first `/`.
    mutating func add(
        _ value: UnsafeBufferPointer<UInt8>,
        at path: UnsafeBufferPointer<UInt8>,
        to output: inout [UInt8]
    ) {
        if !path.contains(UInt8(ascii: "/")) { return add(value, named: path, to: &output) }
        let pieces = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Array.init)
        var common = 0
        if isEmpty {
            output.append(UInt8(ascii: "{"))
        } else if open.isEmpty {
            output.append(UInt8(ascii: ","))
        } else {
            while common < min(pieces.count, open.count) - 1, pieces[common] == open[common] { common += 1 }
            output.append(contentsOf: repeatElement(UInt8(ascii: "}"), count: open.count - 1 - common))
            output.append(UInt8(ascii: ","))
        }
        for index in common..<pieces.count {
            if index > common { output.append(UInt8(ascii: "{")) }
            JSONPointer.unescaped(pieces[index]).withUnsafeBufferPointer { JSONString.append($0, to: &output) }
            output.append(UInt8(ascii: ":"))
        }
        output.append(contentsOf: value)
        open = pieces
        isEmpty = false
    }

    /// A leaf of the document itself, as most are.
    private mutating func add(
        _ value: UnsafeBufferPointer<UInt8>,
        named name: UnsafeBufferPointer<UInt8>,
        to output: inout [UInt8]
    ) {
        output.append(contentsOf: repeatElement(UInt8(ascii: "}"), count: max(open.count - 1, 0)))
        output.append(isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
        if name.contains(UInt8(ascii: "~")) {
            JSONPointer.unescaped(name).withUnsafeBufferPointer { JSONString.append($0, to: &output) }
        } else {
            JSONString.append(name, to: &output)
        }
        output.append(UInt8(ascii: ":"))
        output.append(contentsOf: value)
        open.removeAll(keepingCapacity: true)
        isEmpty = false
    }

    /// Closes what is open.
    mutating func finish(_ output: inout [UInt8]) {
        if isEmpty { output.append(UInt8(ascii: "{")) }
        output.append(contentsOf: repeatElement(UInt8(ascii: "}"), count: max(open.count, 1)))
        open = []
        isEmpty = true
    }
}

/// The order of pointers in a canonical document: piece by piece, each by its UTF-16 code units (RFC 8785, section
/// 3.2.3).
///
/// A path comes right before the paths below it.
enum PointerOrder {
    static func precedes(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        var (leftAt, rightAt) = (0, 0)
        while leftAt < left.count, rightAt < right.count {
            let leftRank = takeRank(left, &leftAt)
            let rightRank = takeRank(right, &rightAt)
            if leftRank != rightRank { return leftRank < rightRank }
        }
        return leftAt == left.count && rightAt < right.count
    }

    /// Whether a path lies below another.
    static func isBelow(_ path: UnsafeBufferPointer<UInt8>, _ above: UnsafeBufferPointer<UInt8>) -> Bool {
        path.count > above.count && path[above.count] == UInt8(ascii: "/") && path.starts(with: above)
    }

    /// A number for a byte of UTF-8 that gives it the order of UTF-16.
    ///
    /// U+E000 to U+FFFF start with EE or EF. They come after what needs two units of UTF-16, which starts with F0 to F4.
    /// The end of a piece comes first.
    @inline(__always)
    private static func takeRank(_ text: UnsafeBufferPointer<UInt8>, _ at: inout Int) -> Int {
        let byte = text[at]
        at &+= 1
        switch byte {
        case UInt8(ascii: "/"): return 0
        case UInt8(ascii: "~") where at < text.count:
            at &+= 1
            return text[at &- 1] == UInt8(ascii: "1") ? 1 + 0x2F : 1 + 0x7E
        case 0xEE, 0xEF: return 1 + Int(byte) + 0x10
        default: return 1 + Int(byte)
        }
    }
}
