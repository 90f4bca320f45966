/// The compact form of a subject's registers that state files keep.
///
///     writes | number of registers | registers
///     writes: their number, and of each: position | zigzag of time | 0 for the one that the subject is named after, or
///           counter | bytes of source
///     register: path | value where there is one write, or number of heads and of each: number of its write | value
///     path: 0 | bytes, or 1 + 2 * (number of its first piece in the vocabulary), or one more than that | bytes of the rest
///     value: 0 for absent, 1 for erased, or 1 + length of the value, then the value
///
/// Numbers are LEB128; bytes have their count before them; paths are pointers without their first `/`. Most subjects have one
/// write, and are named after it (`<kind>/<device>-<counter>`): they cost little more than their values.
enum RegisterCoding {
    /// Names of fields that a path may begin with: those of the catalogue, each once.
    static let names: [String] = Set(Catalogue.current.kinds.flatMap { $0.fields.map(\.name) }).sorted()

    /// The same, by their numbers.
    static let pieces = names.map { Array($0.utf8) }

    /// Gives the names their numbers.
    static let vocabulary: ByteInterner = {
        var vocabulary = ByteInterner(expected: pieces.count)
        for piece in pieces { _ = piece.withUnsafeBufferPointer { vocabulary.number(of: $0) } }
        return vocabulary
    }()

    /// The number of the write that a subject is named after; 0 for a name of another form.
    static func counter(inName name: UnsafeBufferPointer<UInt8>, device: UnsafeBufferPointer<UInt8>) -> Int {
        guard let slash = name.firstIndex(of: UInt8(ascii: "/")) else { return 0 }
        let id = name[(slash + 1)...]
        let author = device.dropFirst(DeviceID.prefix.utf8.count)
        guard id.count > author.count + 1, id.starts(with: author),
            id[id.startIndex + author.count] == UInt8(ascii: "-"),
            id[id.startIndex + author.count + 1] != UInt8(ascii: "0"), id.count - author.count <= 17
        else { return 0 }
        var number = 0
        for byte in id.dropFirst(author.count + 1) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return 0 }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }

    static func append(_ number: Int, to output: inout [UInt8]) {
        var rest = UInt(bitPattern: number)
        while rest >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(truncatingIfNeeded: rest))
    }

    static func append(_ bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        append(bytes.count, to: &output)
        output.append(contentsOf: bytes)
    }

    static func decode(_ encoded: [UInt8], of subject: String) -> [Register]? {
        encoded.withUnsafeBufferPointer { bytes in
            var decoder = RegisterDecoder(bytes, of: subject)
            return decoder.registers()
        }
    }

    static func append(path: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        let end = path.firstIndex(of: UInt8(ascii: "/")) ?? path.count
        guard let base = path.baseAddress,
            let number = vocabulary.find(
                base,
                count: end,
                hash: ByteHash.hash(base, count: end, seed: ByteHash.currentSeed)
            )
        else {
            output.append(0)
            return append(path, to: &output)
        }
        append(1 + 2 * Int(number) + (end < path.count ? 1 : 0), to: &output)
        if end < path.count { append(UnsafeBufferPointer(rebasing: path[(end + 1)...]), to: &output) }
    }
}

extension State {
    /// The number of the names and the form in which `encodedRegisters` writes: with another one, what was written before
    /// cannot be read.
    package static var codingFingerprint: UInt16 {
        var hash: UInt32 = 0x811C_9DC5
        for byte in RegisterCoding.names.joined(separator: "/").utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return UInt16(truncatingIfNeeded: hash ^ hash >> 16)
    }

    /// A compact form of one subject's registers, for a state file.
    ///
    /// Nil when the subject does not exist. Equal registers of a subject give equal bytes.
    public func encodedRegisters(of subject: String) -> [UInt8]? {
        guard let number = find(subject) else { return nil }
        var encoded: [UInt8] = []
        appendRegisters(of: number, to: &encoded)
        return encoded
    }

    /// The registers and the document in a form made by `encodedRegisters`; nil for bytes that are no such form.
    public static func decode(_ encoded: [UInt8], of subject: String) -> (registers: [Register], document: [UInt8])? {
        var state = State()
        guard (try? state.load(encoded, of: subject)) != nil, let document = state.document(of: subject) else {
            return nil
        }
        return (state.registers(of: subject), document)
    }

    /// The same form of registers that no state holds.
    package static func encode(_ registers: [Register], of subject: String) -> [UInt8] {
        var state = State()
        state.insert(registers, of: subject)
        return state.encodedRegisters(of: subject) ?? []
    }

    /// The registers in a form made by `encodedRegisters`; nil for bytes that are no such form.
    package static func registers(_ encoded: [UInt8], of subject: String) -> [Register]? {
        RegisterCoding.decode(encoded, of: subject)
    }

    /// The document in registers that were made by `encodedRegisters`; nil for bytes that are no such form.
    package static func document(inRegisters encoded: [UInt8], of subject: String) -> [UInt8]? {
        encoded.withUnsafeBufferPointer { bytes in
            var decoder = RegisterDecoder(bytes, of: subject)
            return decoder.document()
        }
    }

    /// Calls the body with each path, without its first `/`, and the value that is shown there, as JSON.
    ///
    /// - Returns: nil for bytes that were not made by `encodedRegisters`; the body may have been called then.
    package static func forEachShownValue(
        inRegisters encoded: [UInt8],
        of subject: String,
        _ body: (_ path: [UInt8], _ value: UnsafeBufferPointer<UInt8>) -> Void
    ) -> Void? {
        encoded.withUnsafeBufferPointer { bytes in
            var decoder = RegisterDecoder(bytes, of: subject)
            return decoder.forEachShownValue { body($0, UnsafeBufferPointer(rebasing: bytes[$1])) }
        }
    }

    func appendRegisters(of subject: UInt32, to output: inout [UInt8]) {
        var order = indices(of: subject)
        order.sort { [registers, paths] in paths.precedes(registers.cells[$0].path, registers.cells[$1].path) }
        let writes = writes(to: order)
        RegisterCoding.append(writes.count, to: &output)
        for write in writes { append(write, to: subject, to: &output) }
        RegisterCoding.append(order.count, to: &output)
        if writes.count == 1 {
            for index in order {
                append(path: index, to: &output)
                append(registers.cells[index].head.value, to: &output)
            }
            return
        }
        let numbers = Dictionary(uniqueKeysWithValues: writes.enumerated().map { ($1.write, $0) })
        for index in order {
            let heads = rankedHeads(of: index)
            append(path: index, to: &output)
            RegisterCoding.append(heads.count, to: &output)
            for head in heads {
                RegisterCoding.append(numbers[head.write] ?? 0, to: &output)
                append(head.value, to: &output)
            }
        }
    }

    /// The writes that are heads of these registers, each once, in an order that follows from them alone.
    private func writes(to indices: [Int]) -> [HeadCell] {
        guard let first = indices.first.map({ registers.cells[$0].head }) else { return [] }
        let isOne = indices.allSatisfy { index in
            let head = registers.cells[index].head
            return head.next == 0 && head.write == first.write
        }
        if isOne { return [first] }
        let heads = indices.flatMap(registers.heads)
        return Dictionary(heads.map { ($0.write, $0) }) { first, _ in first }.values.sorted { [sources] left, right in
            if left.position != right.position { return left.position < right.position }
            if left.source != right.source { return sources.precedes(left.source, right.source) }
            return left.counter < right.counter
        }
    }

    private func append(path index: Int, to output: inout [UInt8]) {
        paths.withBytes(of: registers.cells[index].path) { RegisterCoding.append(path: $0, to: &output) }
    }

    private func append(_ write: HeadCell, to subject: UInt32, to output: inout [UInt8]) {
        RegisterCoding.append(write.position.rawValue, to: &output)
        RegisterCoding.append((write.time << 1) ^ (write.time >> 63), to: &output)
        sources.withBytes(of: write.source) { source in
            let named = subjectNames.withBytes(of: subject) { RegisterCoding.counter(inName: $0, device: source) }
            if named == write.counter.rawValue, named > 0 { return output.append(0) }
            RegisterCoding.append(write.counter.rawValue, to: &output)
            RegisterCoding.append(source, to: &output)
        }
    }

    private func append(_ value: ValueSlot, to output: inout [UInt8]) {
        guard !value.isAbsent else { return output.append(value.isErased ? 1 : 0) }
        RegisterCoding.append(value.count + 1, to: &output)
        registers.values.withBytes(of: value) { output.append(contentsOf: $0) }
    }
}

extension HeadCell {
    fileprivate struct Write: Hashable {
        var position: Position
        var source: UInt32
        var counter: Counter
    }

    fileprivate var write: Write { Write(position: position, source: source, counter: counter) }
}
