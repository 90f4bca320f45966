package import AgendaModel
package import EventLog

extension InMemoryLogStore {
    package func head() throws -> LogHead {
        read { contents in
            LogHead(
                size: contents.size,
                sealedSegments: contents.segments.count,
                recordedTime: contents.recorded.last,
                checkpoint: contents.checkpoints.last?.note,
                erasureMark: contents.erasures
            )
        }
    }

    package func segments(_ numbers: Range<Int>) throws -> [Segment] {
        read { Array($0.segments[numbers.clamped(to: 0..<$0.segments.count)]) }
    }

    package func entries(_ range: Range<Position>) throws -> [UInt8] {
        try read { contents in
            try contents.check(range)
            return contents.entries[range.lowerBound.rawValue..<range.upperBound.rawValue].flatMap {
                $0 + [Lines.newline]
            }
        }
    }

    package func forEachBlock(
        in range: Range<Position>,
        _ body: (_ first: Position, _ count: Int, _ entries: UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        try read { try $0.check(range) }
        var first = range.lowerBound
        while first < range.upperBound {
            let end = min(Segment.positions(first.segment).upperBound, range.upperBound)
            let block = try entries(first..<end)
            try block.withUnsafeBufferPointer { try body(first, end - first, $0) }
            first = end
        }
    }

    package func checkpoint(atMost size: LogSize) throws -> SignedCheckpoint? {
        read { $0.checkpoints.last { $0.note.checkpoint.size <= size }?.note }
    }

    package func size(at moment: Timestamp) throws -> LogSize {
        read { LogSize($0.recorded.firstIndex { moment < $0 } ?? $0.entries.count) }
    }
}

extension InMemoryLogStore.Contents {
    fileprivate func check(_ range: Range<Position>) throws {
        guard range.lowerBound >= Position(0), range.upperBound <= size.next else {
            throw LogError(.notFound, "the log has \(entries.count) entries; the range asked for ends beyond them")
        }
    }
}
