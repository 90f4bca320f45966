extension State {
    /// Whether an event about the subject has been folded.
    public func contains(_ subject: String) -> Bool { find(subject) != nil }

    /// All subjects, sorted bytewise.
    public var subjects: [String] { sortedSubjects.map(subjectNames.string) }

    /// The subject's document in JCS form; nil when the subject does not exist.
    public func document(of subject: String) -> [UInt8]? {
        guard let number = find(subject) else { return nil }
        var document: [UInt8] = []
        appendDocument(of: number, to: &document)
        return document
    }

    /// The subject's registers that have a head, sorted by path.
    public func registers(of subject: String) -> [Register] {
        guard let number = find(subject) else { return [] }
        return indices(of: number).map(register).sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// The registers with heads of different values, sorted by subject and path.
    public var conflicts: [Conflict] {
        registers.cells.indices
            .filter { registers.cells[$0].head.next != 0 }
            .map { Conflict(subject: subjectNames.string(of: registers.cells[$0].subject), register: register($0)) }
            .filter(\.register.isConflict)
            .sorted {
                if $0.subject != $1.subject { return $0.subject.utf8.lexicographicallyPrecedes($1.subject.utf8) }
                return $0.register.path.utf8.lexicographicallyPrecedes($1.register.path.utf8)
            }
    }

    /// Calls the body with each piece of the digest's input in turn: `<subject> <JCS of the document>\n` per subject.
    public func writeDigestInput(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        var line: [UInt8] = []
        for subject in sortedSubjects {
            line.removeAll(keepingCapacity: true)
            subjectNames.withBytes(of: subject) { line.append(contentsOf: $0) }
            line.append(UInt8(ascii: " "))
            appendDocument(of: subject, to: &line)
            line.append(UInt8(ascii: "\n"))
            line.withUnsafeBufferPointer(body)
        }
    }

    private var sortedSubjects: [UInt32] {
        (0..<UInt32(subjectCells.count)).sorted(by: subjectNames.precedes)
    }

    // MARK: - Registers

    /// The subject's registers in no particular order.
    func indices(of subject: UInt32) -> [Int] {
        var indices: [Int] = []
        var next = subjectCells[Int(subject)].firstRegister
        while next != 0 {
            indices.append(Int(next) - 1)
            next = registers.cells[Int(next) - 1].next
        }
        return indices
    }

    func register(_ index: Int) -> Register {
        Register(
            path: "/" + paths.string(of: registers.cells[index].path),
            heads: rankedHeads(of: index).map { head in
                Head(
                    position: head.position,
                    source: EventSource(unchecked: sources.string(of: head.source)),
                    counter: head.counter,
                    time: Timestamp(millisecondsSince1970: head.time),
                    value: head.value.isAbsent ? nil : registers.values.withBytes(of: head.value) { Array($0) },
                    isErased: head.value.isErased
                )
            }
        )
    }

    /// A register's heads, the one that is shown first.
    func rankedHeads(of index: Int) -> [HeadCell] {
        var heads = registers.heads(of: index)
        if heads.count > 1 {
            // A closure that captures `self` would copy the whole state.
            heads.sort { [sources] in Self.outranks($0, $1, in: sources) }
        }
        return heads
    }

    /// The value of the head that is shown.
    private func shownValue(of index: Int) -> ValueSlot {
        let first = registers.cells[index].head
        if first.next == 0 { return first.value }
        return registers.heads(of: index).reduce(first) { [sources] in Self.outranks($1, $0, in: sources) ? $1 : $0 }
            .value
    }

    /// The tie-break: (min(time, recordedtime), source, id), the greater wins.
    private static func outranks(_ left: HeadCell, _ right: HeadCell, in sources: ByteInterner) -> Bool {
        if left.time != right.time { return left.time > right.time }
        if left.source != right.source { return sources.precedes(right.source, left.source) }
        return left.counter > right.counter
    }

    // MARK: - Documents

    private func appendDocument(of subject: UInt32, to output: inout [UInt8]) {
        var leaves: [(path: UInt32, value: ValueSlot)] = []
        for index in indices(of: subject) {
            let value = shownValue(of: index)
            if !value.isAbsent { leaves.append((registers.cells[index].path, value)) }
        }
        leaves.sort { [paths] left, right in
            paths.withBytes(of: left.path) { left in
                paths.withBytes(of: right.path) { PointerOrder.precedes(left, $0) }
            }
        }
        var document = DocumentWriter()
        for (index, leaf) in leaves.enumerated() {
            paths.withBytes(of: leaf.path) { path in
                // Where a path and a path below it both have values, the object is shown and the shorter one waits.
                let waits =
                    index + 1 < leaves.count
                    && paths.withBytes(of: leaves[index + 1].path) { PointerOrder.isBelow($0, path) }
                if !waits { registers.values.withBytes(of: leaf.value) { document.add($0, at: path, to: &output) } }
            }
        }
        document.finish(&output)
    }
}
