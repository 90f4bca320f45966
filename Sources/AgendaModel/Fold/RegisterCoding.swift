/// The compact form of a subject's registers that state files keep.
///
///     version (1) | number of registers | registers
///     register: bytes of path | number of heads | heads
///     head: position | bytes of source | counter | zigzag of time | 0 for absent, 1 for erased, or
///           1 + length of the value, then the value
///
/// Numbers are LEB128; bytes have their count before them; paths are pointers without their first `/`.
enum RegisterCoding {
    static let version: UInt8 = 1

    static func encode(_ registers: [Register]) -> [UInt8] {
        var output = [version]
        append(registers.count, to: &output)
        for register in registers {
            append(Array(register.path.utf8.dropFirst()), to: &output)
            append(register.heads.count, to: &output)
            for head in register.heads {
                append(head.position.rawValue, to: &output)
                append(Array(head.source.rawValue.utf8), to: &output)
                append(head.counter.rawValue, to: &output)
                let time = head.time.millisecondsSince1970
                append((time << 1) ^ (time >> 63), to: &output)
                append(head.value.map { $0.count + 1 } ?? (head.isErased ? 1 : 0), to: &output)
                output += head.value ?? []
            }
        }
        return output
    }

    /// The registers; nil for anything that `encode` did not make.
    static func decode(_ encoded: [UInt8]) -> [Register]? {
        var input = Input(rest: encoded[...])
        guard input.rest.popFirst() == version, let count = input.number(), count <= encoded.count else { return nil }
        var registers: [Register] = []
        registers.reserveCapacity(count)
        for _ in 0..<count {
            guard let path = input.string(), let headCount = input.number(), headCount >= 1 else { return nil }
            var heads: [Head] = []
            for _ in 0..<headCount {
                guard let head = input.head() else { return nil }
                heads.append(head)
            }
            registers.append(Register(path: "/" + path, heads: heads))
        }
        return input.rest.isEmpty ? registers : nil
    }

    private static func append(_ number: Int, to output: inout [UInt8]) {
        var rest = UInt(bitPattern: number)
        while rest >= 0x80 {
            output.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(rest))
    }

    private static func append(_ bytes: [UInt8], to output: inout [UInt8]) {
        append(bytes.count, to: &output)
        output += bytes
    }

    private struct Input {
        var rest: ArraySlice<UInt8>

        mutating func head() -> Head? {
            guard let position = number(), let source = string(), let counter = number(), let time = bits(),
                let length = number()
            else { return nil }
            var value: [UInt8]?
            if length > 1 {
                guard let bytes = take(length - 1) else { return nil }
                value = Array(bytes)
            }
            return Head(
                position: Position(position),
                source: EventSource(unchecked: source),
                counter: Counter(counter),
                time: Timestamp(millisecondsSince1970: Int(bitPattern: time >> 1) ^ -Int(bitPattern: time & 1)),
                value: value,
                isErased: length == 1
            )
        }

        mutating func bits() -> UInt? {
            var result: UInt = 0
            for shift in stride(from: UInt(0), to: 64, by: 7) {
                guard let byte = rest.popFirst(), shift < 63 || byte <= 1 else { return nil }
                result |= UInt(byte & 0x7F) << shift
                if byte < 0x80 { return result }
            }
            return nil
        }

        mutating func number() -> Int? { bits().flatMap { Int(exactly: $0) } }

        mutating func string() -> String? {
            guard let count = number(), let bytes = take(count) else { return nil }
            return String(validating: bytes, as: UTF8.self)
        }

        private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
            guard count <= rest.count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }
    }
}

extension State {
    /// A compact form of one subject's registers, for a state file.
    ///
    /// Its first byte is a version. Nil when the subject does not exist. Equal registers give equal bytes.
    public func encodedRegisters(of subject: String) -> [UInt8]? {
        contains(subject) ? RegisterCoding.encode(registers(of: subject)) : nil
    }

    /// The registers and the document in a form made by `encodedRegisters`; nil for bytes that are no such form.
    public static func decode(_ encoded: [UInt8], of subject: String) -> (registers: [Register], document: [UInt8])? {
        var state = State()
        guard (try? state.load(encoded, of: subject)) != nil, let document = state.document(of: subject) else {
            return nil
        }
        return (state.registers(of: subject), document)
    }
}
