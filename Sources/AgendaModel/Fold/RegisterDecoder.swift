/// Reads what `RegisterCoding` describes; each method gives nil for bytes that are no such form.
struct RegisterDecoder {
    private struct Write {
        var position: Position
        var time: Timestamp
        var counter: Counter
        var source: EventSource
    }

    private enum Value {
        case absent, erased
        /// Where its bytes are.
        case present(Range<Int>)
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let subject: String
    private var at = 0

    /// - Parameters:
    ///   - bytes: must stay where they are while they are read.
    ///   - subject: whose registers they are.
    init(_ bytes: UnsafeBufferPointer<UInt8>, of subject: String) {
        self.bytes = bytes
        self.subject = subject
    }

    /// All registers, sorted by path, each with the head that is shown first.
    mutating func registers() -> [Register]? {
        guard let writeCount = count() else { return nil }
        var writes: [Write] = []
        for _ in 0..<writeCount {
            guard let write = write() else { return nil }
            writes.append(write)
        }
        guard let count = count() else { return nil }
        var registers: [Register] = []
        registers.reserveCapacity(count)
        for _ in 0..<count {
            guard let path = path().flatMap({ String(validating: $0, as: UTF8.self) }),
                let headCount = headCount(of: writeCount)
            else { return nil }
            var heads: [Head] = []
            for _ in 0..<headCount {
                guard let (write, value) = head(of: writeCount) else { return nil }
                heads.append(head(value, of: writes[write]))
            }
            registers.append(Register(path: "/" + path, heads: heads))
        }
        return at == bytes.count ? registers : nil
    }

    /// Calls the body with each path and where the value that is shown there is; absent and erased ones are passed over.
    ///
    /// - Returns: nil for bytes that are no such form; the body may have been called then.
    mutating func forEachShownValue(_ body: (_ path: [UInt8], _ value: Range<Int>) -> Void) -> Void? {
        guard let writeCount = count() else { return nil }
        for _ in 0..<writeCount where !skipWrite() { return nil }
        guard let count = count() else { return nil }
        for _ in 0..<count {
            guard let path = path(), let headCount = headCount(of: writeCount) else { return nil }
            for rank in 0..<headCount {
                guard let (_, value) = head(of: writeCount) else { return nil }
                if rank == 0, case .present(let range) = value { body(path, range) }
            }
        }
        return at == bytes.count ? () : nil
    }

    /// The document that the shown heads make, in JCS form.
    mutating func document() -> [UInt8]? {
        var leaves: [(path: [UInt8], value: Range<Int>)] = []
        guard forEachShownValue({ leaves.append(($0, $1)) }) != nil else { return nil }
        leaves.sort { left, right in
            left.path.withUnsafeBufferPointer { left in
                right.path.withUnsafeBufferPointer { PointerOrder.precedes(left, $0) }
            }
        }
        return document(of: leaves)
    }

    private func document(of leaves: [(path: [UInt8], value: Range<Int>)]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + 16 * leaves.count)
        var writer = DocumentWriter()
        for (index, leaf) in leaves.enumerated() {
            leaf.path.withUnsafeBufferPointer { path in
                let isWaiting =
                    index + 1 < leaves.count
                    && leaves[index + 1].path.withUnsafeBufferPointer { PointerOrder.isBelow($0, path) }
                if !isWaiting { writer.add(UnsafeBufferPointer(rebasing: bytes[leaf.value]), at: path, to: &output) }
            }
        }
        writer.finish(&output)
        return output
    }

    private mutating func write() -> Write? {
        guard let position = number(), let time = bits(), let counter = number() else { return nil }
        let source: EventSource
        var number = counter
        if counter == 0 {
            guard let slash = subject.firstIndex(of: "/"), let dash = subject.lastIndex(of: "-"), slash < dash,
                let named = Int(subject[subject.index(after: dash)...])
            else { return nil }
            number = named
            source = EventSource(unchecked: DeviceID.prefix + subject[subject.index(after: slash)..<dash])
        } else {
            guard let text = text().flatMap({ String(validating: $0, as: UTF8.self) }) else { return nil }
            source = EventSource(unchecked: text)
        }
        return Write(
            position: Position(position),
            time: Timestamp(millisecondsSince1970: Int(bitPattern: time >> 1) ^ -Int(bitPattern: time & 1)),
            counter: Counter(number),
            source: source
        )
    }

    private mutating func skipWrite() -> Bool {
        guard number() != nil, bits() != nil, let counter = number() else { return false }
        return counter == 0 || text() != nil
    }

    private func head(_ value: Value, of write: Write) -> Head {
        var head = Head(
            position: write.position,
            source: write.source,
            counter: write.counter,
            time: write.time,
            value: nil
        )
        switch value {
        case .absent: break
        case .erased: head.isErased = true
        case .present(let range): head.value = Array(bytes[range])
        }
        return head
    }

    private mutating func headCount(of writes: Int) -> Int? { writes == 1 ? 1 : count().flatMap { $0 > 0 ? $0 : nil } }

    private mutating func head(of writes: Int) -> (write: Int, value: Value)? {
        guard let write = writes == 1 ? 0 : number(), write < writes, let length = number() else { return nil }
        switch length {
        case 0: return (write, .absent)
        case 1: return (write, .erased)
        default: return take(length - 1).map { (write, .present($0)) }
        }
    }

    private mutating func path() -> [UInt8]? {
        guard let number = number() else { return nil }
        if number == 0 { return text().map(Array.init) }
        let index = (number - 1) / 2
        guard index < RegisterCoding.pieces.count else { return nil }
        if number % 2 == 1 { return RegisterCoding.pieces[index] }
        return text().map { RegisterCoding.pieces[index] + [UInt8(ascii: "/")] + $0 }
    }

    private mutating func bits() -> UInt? {
        var result: UInt = 0
        for shift in stride(from: UInt(0), to: 64, by: 7) {
            guard at < bytes.count, shift < 63 || bytes[at] <= 1 else { return nil }
            let byte = bytes[at]
            at += 1
            result |= UInt(byte & 0x7F) << shift
            if byte < 0x80 { return result }
        }
        return nil
    }

    private mutating func number() -> Int? { bits().flatMap { Int(exactly: $0) } }

    /// A number of things that take at least a byte each.
    private mutating func count() -> Int? { number().flatMap { $0 <= bytes.count ? $0 : nil } }

    private mutating func text() -> Slice<UnsafeBufferPointer<UInt8>>? {
        number().flatMap { take($0) }.map { bytes[$0] }
    }

    private mutating func take(_ count: Int) -> Range<Int>? {
        guard count <= bytes.count - at else { return nil }
        defer { at += count }
        return at..<(at + count)
    }
}
