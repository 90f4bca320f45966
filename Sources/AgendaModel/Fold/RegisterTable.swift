/// A write that no later author had seen, in the state's own numbers.
struct HeadCell: Sendable {
    var position: Position
    var counter: Counter
    /// min(time, recordedtime), in milliseconds since 1970.
    var time: Int
    var value: ValueSlot
    var source: UInt32
    /// Index + 1 of the register's next head in `RegisterTable.others`; 0 = none.
    var next: UInt32

    /// Whether the author of an event had seen this write.
    @inline(__always)
    func isSeen(by source: UInt32, basis: LogSize) -> Bool { self.source == source || basis.contains(position) }
}

/// A register: nearly always it has one head, which is kept in place.
struct RegisterCell: Sendable {
    var subject: UInt32
    var path: UInt32
    /// Index + 1 of the next register of the same subject; 0 = none.
    var next: UInt32
    var head: HeadCell

    @inline(__always) var key: UInt64 { UInt64(subject) << 32 | UInt64(path) }
}

/// All registers by subject and path, with their heads.
struct RegisterTable: Sendable {
    private(set) var cells: [RegisterCell] = []
    private(set) var values = ValueAllocator()
    /// Heads beyond a register's first.
    private(set) var others: [HeadCell] = []
    private var freeOthers: UInt32 = 0
    private var slots = HashSlots<UInt32>(expected: 32)

    var memory: Int {
        cells.capacity * MemoryLayout<RegisterCell>.stride + others.capacity * MemoryLayout<HeadCell>.stride
            + slots.memory + values.memory
    }

    /// The register of a subject's path, if there is one.
    @inline(__always)
    func find(subject: UInt32, path: UInt32) -> Int? {
        let key = UInt64(subject) << 32 | UInt64(path)
        return slots.find(ByteHash.mix(key)) { cells[$0].key == key }
    }

    /// Adds a register with its first head.
    @inline(never)
    mutating func add(
        subject: UInt32,
        path: UInt32,
        next: UInt32,
        head: HeadCell,
        value: UnsafePointer<UInt8>,
        count: Int
    ) -> Int {
        var head = head
        if count > 0 { head.value = values.store(value, count: count) }
        let cell = RegisterCell(subject: subject, path: path, next: next, head: head)
        slots.add(ByteHash.mix(cell.key)) { ByteHash.mix(cells[$0].key) }
        cells.append(cell)
        return cells.count - 1
    }

    /// Puts a write into a register: what its author had seen goes, the rest stays beside it.
    ///
    /// Without bytes the head's own value counts: absent or erased.
    @inline(__always)
    mutating func write(
        _ head: HeadCell,
        basis: LogSize,
        value: UnsafePointer<UInt8>,
        count: Int,
        to index: Int
    ) {
        if cells[index].head.next == 0, cells[index].head.isSeen(by: head.source, basis: basis) {
            var slot = cells[index].head.value
            if count > 0 {
                values.replace(&slot, with: value, count: count)
            } else {
                values.release(slot)
                slot = head.value
            }
            cells[index].head = head
            cells[index].head.value = slot
        } else {
            writeBesideOthers(head, basis: basis, value: value, count: count, to: index)
        }
    }

    @inline(never)
    private mutating func writeBesideOthers(
        _ head: HeadCell,
        basis: LogSize,
        value: UnsafePointer<UInt8>,
        count: Int,
        to index: Int
    ) {
        let old = heads(of: index)
        var at = cells[index].head.next
        while at != 0 {
            let next = others[Int(at) - 1].next
            others[Int(at) - 1].next = freeOthers
            freeOthers = at
            at = next
        }
        for seen in old where seen.isSeen(by: head.source, basis: basis) { values.release(seen.value) }
        var new = head
        if count > 0 { new.value = values.store(value, count: count) }
        new.next = 0
        cells[index].head = new
        for kept in old where !kept.isSeen(by: head.source, basis: basis) { append(kept, to: index) }
    }

    /// Adds a head beside a register's others.
    mutating func add(_ head: HeadCell, value: UnsafePointer<UInt8>, count: Int, to index: Int) {
        var head = head
        if count > 0 { head.value = values.store(value, count: count) }
        append(head, to: index)
    }

    /// Takes away what the entry at a position wrote to a register, if that is still one of its heads.
    mutating func erase(_ index: Int, at position: Position) {
        if cells[index].head.position == position {
            values.wipe(cells[index].head.value)
            cells[index].head.value = .erased
        }
        var at = cells[index].head.next
        while at != 0 {
            if others[Int(at) - 1].position == position {
                values.wipe(others[Int(at) - 1].value)
                others[Int(at) - 1].value = .erased
            }
            at = others[Int(at) - 1].next
        }
    }

    private mutating func append(_ head: HeadCell, to index: Int) {
        var head = head
        head.next = cells[index].head.next
        if freeOthers != 0 {
            let place = freeOthers
            freeOthers = others[Int(place) - 1].next
            others[Int(place) - 1] = head
            cells[index].head.next = place
        } else {
            others.append(head)
            cells[index].head.next = UInt32(others.count)
        }
    }

    /// A register's heads, in no particular order.
    func heads(of index: Int) -> [HeadCell] {
        var heads = [cells[index].head]
        while let last = heads.last, last.next != 0 { heads.append(others[Int(last.next) - 1]) }
        return heads
    }
}
