extension State {
    /// Gives the encoded registers of a subject; nil when there are none.
    public typealias Load = (_ subject: String) throws -> [UInt8]?

    /// Folds the entry at position `size`.
    ///
    /// - Parameters:
    ///   - entry: The entry's bytes, without a newline.
    ///   - load: Gives the encoded registers of a subject that this value does not hold yet; nil when there are none.
    ///     It is for a state whose subjects lie in a file.
    /// - Returns: What the entry says of itself.
    /// - Throws: `EventProblem` for bytes that are no entry, `StateError`, or what `load` throws; the state is then as
    ///   it was.
    @discardableResult
    public mutating func fold(
        entry: UnsafeBufferPointer<UInt8>,
        load: Load? = nil
    ) throws -> EventAttributes {
        let attributes = try reader.read(entry, as: .entry)
        try apply(attributes, entry, at: size.next, load: load)
        size += 1
        return attributes
    }

    /// Folds a block of entries from position `size` on.
    ///
    /// - Parameters:
    ///   - block: Entries, each followed by a newline.
    ///   - load: As in `fold(entry:load:)`.
    ///   - each: Called with each entry after it has been folded.
    /// - Throws: As `fold(entry:load:)`, or what `each` throws. The entries before stay folded; `size` says how many
    ///   they are.
    public mutating func fold(
        block: UnsafeBufferPointer<UInt8>,
        load: Load? = nil,
        each: ((EventAttributes, UnsafeBufferPointer<UInt8>) throws -> Void)? = nil
    ) throws {
        var start = 0
        while start < block.count {
            guard let end = block.indexOfNewline(from: start) else {
                throw EventProblem(.malformedEvent, "the last entry of a block has no newline")
            }
            let entry = UnsafeBufferPointer(rebasing: block[start..<end])
            let attributes = try fold(entry: entry, load: load)
            try each?(attributes, entry)
            start = end &+ 1
        }
    }

    /// Lays an event that is not in the log yet over the state, at `Position.afterEverything`.
    ///
    /// The size stays.
    ///
    /// - Parameters:
    ///   - event: The event's bytes, without a newline.
    ///   - load: As in `fold(entry:load:)`.
    /// - Returns: What the event says of itself.
    /// - Throws: `EventProblem` for bytes that are no event, `StateError`, or what `load` throws; the state is then as
    ///   it was.
    @discardableResult
    public mutating func overlay(
        event: UnsafeBufferPointer<UInt8>,
        load: Load? = nil
    ) throws -> EventAttributes {
        let attributes = try reader.read(event, as: .event)
        try apply(attributes, event, at: .afterEverything, load: load)
        return attributes
    }

    @inline(__always)
    private mutating func apply(
        _ attributes: EventAttributes,
        _ line: UnsafeBufferPointer<UInt8>,
        at position: Position,
        load: Load?
    ) throws {
        let base = line.baseAddress!
        let subject = try subjectNumber(base, attributes.subject, load: load)
        let source = sourceNumber(base, attributes.source)
        note(subject)
        let head = HeadCell(
            position: position,
            counter: attributes.counter,
            time: attributes.orderingTime.millisecondsSince1970,
            value: attributes.tombstone == nil ? .absent : .erased,
            source: source,
            next: 0
        )
        reader.scratch.withUnsafeBufferPointer { scratch in
            for leaf in reader.leaves {
                // Without a single path or value in the scratch its address is of no use, and the line's does as well.
                let inScratch = scratch.baseAddress ?? base
                let path = (leaf.pathIsInScratch ? inScratch : base) + Int(leaf.pathStart)
                let value = (leaf.valueIsInScratch ? inScratch : base) + Int(leaf.valueStart)
                let pathCount = Int(leaf.pathEnd &- leaf.pathStart)
                let valueCount = leaf.kind == .null || leaf.kind == .erased ? 0 : Int(leaf.valueEnd &- leaf.valueStart)
                let number =
                    paths.find(path, count: pathCount, hash: leaf.pathHash)
                    ?? paths.add(path, count: pathCount, hash: leaf.pathHash)
                if let register = registers.find(subject: subject, path: number) {
                    registers.write(
                        head,
                        basis: attributes.basis,
                        value: value,
                        count: valueCount,
                        to: register
                    )
                } else {
                    addRegister(subject: subject, path: number, head: head, value: value, count: valueCount)
                }
            }
        }
    }

    /// Notes that a subject has been written.
    @inline(__always)
    mutating func note(_ subject: UInt32) {
        guard !subjectCells[Int(subject)].isChanged else { return }
        subjectCells[Int(subject)].isChanged = true
        changed.append(subject)
    }

    @inline(__always)
    mutating func subjectNumber(
        _ base: UnsafePointer<UInt8>,
        _ range: Range<Int>,
        load: Load?
    ) throws -> UInt32 {
        let hash = ByteHash.hash(base + range.lowerBound, count: range.count, seed: reader.seed)
        if let number = subjectNames.find(base + range.lowerBound, count: range.count, hash: hash) { return number }
        return try addSubject(base + range.lowerBound, count: range.count, hash: hash, load: load)
    }

    @inline(never)
    private mutating func addSubject(
        _ name: UnsafePointer<UInt8>,
        count: Int,
        hash: UInt64,
        load: Load?
    ) throws -> UInt32 {
        var decoded: [Register] = []
        if let load {
            let subject = String(decoding: UnsafeBufferPointer(start: name, count: count), as: UTF8.self)
            if let encoded = try load(subject) {
                guard let registers = RegisterCoding.decode(encoded, of: subject) else {
                    throw Self.undecodable(subject)
                }
                decoded = registers
            }
        }
        let number = subjectNames.add(name, count: count, hash: hash)
        subjectCells.append(SubjectCell(isLoaded: !decoded.isEmpty))
        insert(decoded, of: number)
        return number
    }

    /// Takes in the encoded registers of a subject that this value does not hold yet.
    ///
    /// - Throws: `StateError` for bytes that `encodedRegisters` did not make. A subject that is held stays as it is.
    public mutating func load(_ encoded: [UInt8], of subject: String) throws {
        guard find(subject) == nil else { return }
        guard let registers = RegisterCoding.decode(encoded, of: subject) else { throw Self.undecodable(subject) }
        insert(registers, of: subject)
    }

    /// Takes in a subject that this value does not hold yet.
    mutating func insert(_ registers: [Register], of subject: String) {
        let number = Self.intern(subject, in: &subjectNames, seed: reader.seed)
        subjectCells.append(SubjectCell(isLoaded: true))
        insert(registers, of: number)
    }

    private static func undecodable(_ subject: String) -> StateError {
        StateError(
            .undecodableRegisters,
            "the stored registers of \(subject) cannot be read; delete the state file, it is made anew from the log"
        )
    }

    private mutating func insert(_ loaded: [Register], of subject: UInt32) {
        for register in loaded {
            let path = Self.intern(String(register.path.dropFirst()), in: &paths, seed: reader.seed)
            var index: Int?
            for head in register.heads {
                let cell = HeadCell(
                    position: head.position,
                    counter: head.counter,
                    time: head.time.millisecondsSince1970,
                    value: head.isErased ? .erased : .absent,
                    source: Self.intern(head.source.rawValue, in: &sources, seed: reader.seed),
                    next: 0
                )
                (head.value ?? [0]).withUnsafeBufferPointer { value in
                    let count = head.value == nil ? 0 : value.count
                    if let index {
                        registers.add(cell, value: value.baseAddress!, count: count, to: index)
                    } else {
                        index = addRegister(
                            subject: subject,
                            path: path,
                            head: cell,
                            value: value.baseAddress!,
                            count: count
                        )
                    }
                }
            }
        }
    }

    @discardableResult
    private mutating func addRegister(
        subject: UInt32,
        path: UInt32,
        head: HeadCell,
        value: UnsafePointer<UInt8>,
        count: Int
    ) -> Int {
        let index = registers.add(
            subject: subject,
            path: path,
            next: subjectCells[Int(subject)].firstRegister,
            head: head,
            value: value,
            count: count
        )
        subjectCells[Int(subject)].firstRegister = UInt32(index + 1)
        return index
    }

    @inline(__always)
    private mutating func sourceNumber(_ base: UnsafePointer<UInt8>, _ range: Range<Int>) -> UInt32 {
        let hash = ByteHash.hash(base + range.lowerBound, count: range.count, seed: reader.seed)
        return sources.find(base + range.lowerBound, count: range.count, hash: hash)
            ?? sources.add(base + range.lowerBound, count: range.count, hash: hash)
    }

    private static func intern(_ text: String, in interner: inout ByteInterner, seed: UInt64) -> UInt32 {
        var text = text
        return text.withUTF8 { bytes in
            // An empty string may have no address; its bytes are not looked at.
            withUnsafePointer(to: UInt8(0)) { none in
                let start = bytes.baseAddress ?? none
                let hash = ByteHash.hash(start, count: bytes.count, seed: seed)
                return interner.find(start, count: bytes.count, hash: hash)
                    ?? interner.add(start, count: bytes.count, hash: hash)
            }
        }
    }

    /// The number of a subject that this value holds.
    func find(_ subject: String) -> UInt32? {
        var subject = subject
        return subject.withUTF8 { bytes in
            guard let start = bytes.baseAddress else { return nil }
            let hash = ByteHash.hash(start, count: bytes.count, seed: reader.seed)
            return subjectNames.find(start, count: bytes.count, hash: hash)
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The first newline from an index on.
    @inline(__always)
    fileprivate func indexOfNewline(from start: Int) -> Int? {
        guard let baseAddress else { return nil }
        let raw = UnsafeRawPointer(baseAddress)
        let ones: UInt64 = 0x0101_0101_0101_0101
        var at = start
        while at &+ 8 <= count {
            let word = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian ^ (ones &* 0x0A)
            let marks = (word &- ones) & ~word & (ones &* 0x80)
            if marks != 0 { return at &+ marks.trailingZeroBitCount / 8 }
            at &+= 8
        }
        while at < count {
            if self[at] == 0x0A { return at }
            at &+= 1
        }
        return nil
    }
}
