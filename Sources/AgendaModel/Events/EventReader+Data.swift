extension EventReader {
    /// Reads the data at the cursor, a JSON Merge Patch, into `leaves`.
    @inline(__always)
    mutating func readData(_ cursor: inout LineCursor) throws(EventProblem) -> Range<Int> {
        let start = cursor.at
        guard cursor.byte == UInt8(ascii: "{") else { throw cursor.problem("data must be an object") }
        try readPatch(&cursor, prefix: nil, depth: 1)
        return Range(uncheckedBounds: (start, cursor.at))
    }

    /// Reads an object whose members are leaves or objects again.
    ///
    /// `prefix` is where the object's own path stands in `scratch`; nil for the data itself.
    private mutating func readPatch(
        _ cursor: inout LineCursor,
        prefix: Range<Int>?,
        depth: Int
    ) throws(EventProblem) {
        try checkDepth(depth, cursor)
        cursor.at &+= 1
        if cursor.byte == UInt8(ascii: "}") {
            cursor.at &+= 1
            if let prefix { emptyObjects.append(prefix) }
            return
        }
        let firstName = names.count
        while true {
            let name = try takeName(&cursor)
            if cursor.byte == UInt8(ascii: "{") {
                let path = try appendPath(prefix, name: name, in: cursor)
                try readPatch(&cursor, prefix: path, depth: depth &+ 1)
            } else if prefix == nil, name.isPlain {
                guard name.range.count < EventLimits.pointerBytes else { throw longPointer(cursor) }
                let noted = names[names.count &- 1]
                var leaf = EventLeaf(path: name.range, hash: noted.hash, isInScratch: false)
                try readLeaf(&cursor, &leaf, depth: depth)
            } else {
                let path = try appendPath(prefix, name: name, in: cursor)
                let hash = scratch.withUnsafeBufferPointer {
                    ByteHash.hash($0.baseAddress! + path.lowerBound, count: path.count, seed: seed)
                }
                var leaf = EventLeaf(path: path, hash: hash, isInScratch: true)
                try readLeaf(&cursor, &leaf, depth: depth)
            }
            if cursor.byte == UInt8(ascii: ",") {
                cursor.at &+= 1
                continue
            }
            try cursor.take(UInt8(ascii: "}"))
            break
        }
        try requireDistinctNames(from: firstName, in: cursor)
        names.removeLast(names.count &- firstName)
    }

    /// A member's name as it stands in the line, without quotes.
    private struct TakenName {
        var range: Range<Int>
        /// Whether its bytes are also its piece of a pointer.
        var isPlain: Bool
        var isEscaped: Bool
    }

    /// Takes a member's name and its colon, and notes the name.
    @inline(__always)
    private mutating func takeName(_ cursor: inout LineCursor) throws(EventProblem) -> TakenName {
        try cursor.take(UInt8(ascii: "\""))
        let start = cursor.at
        let shape = try cursor.takeString()
        let end = cursor.at &- 1
        try cursor.take(UInt8(ascii: ":"))
        let isEscaped = shape.contains(.escaped)
        try note(name: Range(uncheckedBounds: (start, end)), escaped: isEscaped, in: cursor)
        var isPlain = !isEscaped
        var at = start
        while at < end {
            let byte = cursor.base[at]
            if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "~") { isPlain = false }
            at &+= 1
        }
        return TakenName(range: Range(uncheckedBounds: (start, end)), isPlain: isPlain, isEscaped: isEscaped)
    }

    /// Appends `<prefix>/<name>` to the scratch, the name escaped for a pointer (RFC 6901, section 3).
    ///
    /// - Throws: `malformed-event` when that is longer than a pointer may be.
    private mutating func appendPath(
        _ prefix: Range<Int>?,
        name: TakenName,
        in cursor: LineCursor
    ) throws(EventProblem) -> Range<Int> {
        let text = UnsafeBufferPointer(start: cursor.base + name.range.lowerBound, count: name.range.count)
        var piece: [UInt8] = []
        if name.isEscaped { JSONString.append(resolving: name.range, of: cursor, to: &piece) }
        let start = scratch.count
        if let prefix {
            for index in prefix { scratch.append(scratch[index]) }
            scratch.append(UInt8(ascii: "/"))
        }
        if name.isPlain {
            scratch.append(contentsOf: text)
        } else if name.isEscaped {
            appendPointerPiece(piece)
        } else {
            appendPointerPiece(text)
        }
        guard scratch.count &- start < EventLimits.pointerBytes else { throw longPointer(cursor) }
        return start..<scratch.count
    }

    @inline(never)
    private func longPointer(_ cursor: LineCursor) -> EventProblem {
        cursor.problem("the names down to this member make a pointer over \(EventLimits.pointerBytes) bytes")
    }

    private mutating func appendPointerPiece(_ piece: some Sequence<UInt8>) {
        for byte in piece {
            switch byte {
            case UInt8(ascii: "~"): scratch.append(contentsOf: [UInt8(ascii: "~"), UInt8(ascii: "0")])
            case UInt8(ascii: "/"): scratch.append(contentsOf: [UInt8(ascii: "~"), UInt8(ascii: "1")])
            default: scratch.append(byte)
            }
        }
    }

    /// Reads a value that is no object, and keeps it.
    @inline(__always)
    private mutating func readLeaf(
        _ cursor: inout LineCursor,
        _ leaf: inout EventLeaf,
        depth: Int
    ) throws(EventProblem) {
        let start = cursor.at
        let isCanonical: Bool
        switch cursor.byte {
        case UInt8(ascii: "\""):
            cursor.at &+= 1
            isCanonical = try !cursor.takeString().contains(.rewritten)
            leaf.kind = .string
        case UInt8(ascii: "-"), 0x30...0x39:
            let shape = try cursor.takeNumber()
            isCanonical = shape != .rewritten
            leaf.kind = shape == .canonicalInteger ? .integer : .number
        case UInt8(ascii: "t"):
            try cursor.takeWord("true")
            (isCanonical, leaf.kind) = (true, .boolean)
        case UInt8(ascii: "f"):
            try cursor.takeWord("false")
            (isCanonical, leaf.kind) = (true, .boolean)
        case UInt8(ascii: "n"):
            try cursor.takeWord("null")
            (isCanonical, leaf.kind) = (true, .null)
        case UInt8(ascii: "["):
            isCanonical = try skipArray(&cursor, depth: depth &+ 1)
            leaf.kind = .array
        default:
            throw cursor.problem("expected a value")
        }
        leaf.valueStart = Int32(truncatingIfNeeded: start)
        leaf.valueEnd = Int32(truncatingIfNeeded: cursor.at)
        if !isCanonical { try rewrite(&leaf, cursor) }
        leaves.append(leaf)
    }

    /// Writes a value in its canonical form into the scratch.
    @inline(never)
    private mutating func rewrite(_ leaf: inout EventLeaf, _ cursor: LineCursor) throws(EventProblem) {
        let start = scratch.count
        var value = LineCursor(base: cursor.base, at: Int(leaf.valueStart), end: Int(leaf.valueEnd))
        try CanonicalJSON.append(valueAt: &value, to: &scratch)
        leaf.valueStart = Int32(truncatingIfNeeded: start)
        leaf.valueEnd = Int32(truncatingIfNeeded: scratch.count)
        leaf.valueIsInScratch = true
        if leaf.kind == .number {
            let isInteger = !scratch[start...].contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") }
            leaf.kind = isInteger ? .integer : .number
        }
    }

    // MARK: - Values inside arrays

    /// Reads an array; whether its bytes are canonical for certain.
    private mutating func skipArray(_ cursor: inout LineCursor, depth: Int) throws(EventProblem) -> Bool {
        try checkDepth(depth, cursor)
        cursor.at &+= 1
        if cursor.byte == UInt8(ascii: "]") {
            cursor.at &+= 1
            return true
        }
        var isCanonical = true
        while true {
            isCanonical = try skipValue(&cursor, depth: depth) && isCanonical
            if cursor.byte == UInt8(ascii: ",") {
                cursor.at &+= 1
                continue
            }
            try cursor.take(UInt8(ascii: "]"))
            return isCanonical
        }
    }

    private mutating func skipValue(_ cursor: inout LineCursor, depth: Int) throws(EventProblem) -> Bool {
        switch cursor.byte {
        case UInt8(ascii: "\""):
            cursor.at &+= 1
            return try !cursor.takeString().contains(.rewritten)
        case UInt8(ascii: "-"), 0x30...0x39: return try cursor.takeNumber() != .rewritten
        case UInt8(ascii: "t"): try cursor.takeWord("true")
        case UInt8(ascii: "f"): try cursor.takeWord("false")
        case UInt8(ascii: "n"): try cursor.takeWord("null")
        case UInt8(ascii: "["): return try skipArray(&cursor, depth: depth &+ 1)
        case UInt8(ascii: "{"):
            try skipObject(&cursor, depth: depth &+ 1)
            return false
        default: throw cursor.problem("expected a value")
        }
        return true
    }

    private mutating func skipObject(_ cursor: inout LineCursor, depth: Int) throws(EventProblem) {
        try checkDepth(depth, cursor)
        cursor.at &+= 1
        if cursor.byte == UInt8(ascii: "}") {
            cursor.at &+= 1
            return
        }
        let firstName = names.count
        while true {
            _ = try takeName(&cursor)
            _ = try skipValue(&cursor, depth: depth)
            if cursor.byte == UInt8(ascii: ",") {
                cursor.at &+= 1
                continue
            }
            try cursor.take(UInt8(ascii: "}"))
            break
        }
        try requireDistinctNames(from: firstName, in: cursor)
        names.removeLast(names.count &- firstName)
    }

    @inline(__always)
    private func checkDepth(_ depth: Int, _ cursor: LineCursor) throws(EventProblem) {
        guard depth <= EventLimits.depth else {
            throw cursor.problem("more than \(EventLimits.depth) objects and arrays inside each other")
        }
    }

    // MARK: - Duplicate names

    /// Notes a member's name, escapes resolved.
    @inline(__always)
    mutating func note(name: Range<Int>, escaped: Bool, in cursor: LineCursor) throws(EventProblem) {
        if escaped {
            noteEscaped(name, in: cursor)
            return
        }
        names.append(
            MemberName(
                hash: ByteHash.hash(cursor.base + name.lowerBound, count: name.count, seed: seed),
                start: Int32(truncatingIfNeeded: name.lowerBound),
                end: Int32(truncatingIfNeeded: name.upperBound),
                isInScratch: false
            )
        )
    }

    @inline(never)
    private mutating func noteEscaped(_ name: Range<Int>, in cursor: LineCursor) {
        let start = scratch.count
        JSONString.append(resolving: name, of: cursor, to: &scratch)
        let count = scratch.count - start
        let hash = scratch.withUnsafeBufferPointer {
            $0.baseAddress.map { ByteHash.hash($0 + start, count: count, seed: seed) } ?? 0
        }
        names.append(
            MemberName(
                hash: hash,
                start: Int32(truncatingIfNeeded: start),
                end: Int32(truncatingIfNeeded: start + count),
                isInScratch: true
            )
        )
    }

    /// Refuses two equal names among the ones noted from an index on.
    @inline(__always)
    mutating func requireDistinctNames(from first: Int, in cursor: LineCursor) throws(EventProblem) {
        let count = names.count
        if count &- first > 16 {
            // Equal names become neighbours; in small objects comparing all pairs is quicker.
            names[first...].sort { $0.hash < $1.hash }
            try requireDistinctNeighbours(from: first, in: cursor)
            return
        }
        var index = first &+ 1
        while index < count {
            let hash = names[index].hash
            var other = first
            while other < index {
                if names[other].hash == hash { try requireDistinct(names[other], names[index], in: cursor) }
                other &+= 1
            }
            index &+= 1
        }
    }

    private func requireDistinctNeighbours(from first: Int, in cursor: LineCursor) throws(EventProblem) {
        for index in names.indices[first...] {
            var other = index + 1
            while other < names.count, names[other].hash == names[index].hash {
                try requireDistinct(names[index], names[other], in: cursor)
                other += 1
            }
        }
    }

    @inline(never)
    private func requireDistinct(
        _ left: MemberName,
        _ right: MemberName,
        in cursor: LineCursor
    ) throws(EventProblem) {
        func bytes(_ name: MemberName) -> [UInt8] {
            let range = Int(name.start)..<Int(name.end)
            if name.isInScratch { return Array(scratch[range]) }
            return Array(UnsafeBufferPointer(start: cursor.base + range.lowerBound, count: range.count))
        }
        guard bytes(left) != bytes(right) else { throw cursor.problem("an object has the same name twice") }
    }
}

extension EventLeaf {
    @inline(__always)
    fileprivate init(path: Range<Int>, hash: UInt64, isInScratch: Bool) {
        pathStart = Int32(truncatingIfNeeded: path.lowerBound)
        pathEnd = Int32(truncatingIfNeeded: path.upperBound)
        valueStart = 0
        valueEnd = 0
        pathHash = hash
        kind = .null
        pathIsInScratch = isInScratch
        valueIsInScratch = false
    }
}
