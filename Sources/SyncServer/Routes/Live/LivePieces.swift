internal import AgendaModel
internal import Dispatch
internal import EventLog
internal import NIOCore
internal import Synchronization

/// What streams are sent, read and encoded once for all followers that are at the same place.
///
/// A bounded number of bytes is remembered. Who asks for something else waits until it has been read, one read at a
/// time. So those who are far behind cost no memory, and do not hold up those who are not.
final class LivePieces: Sendable {
    /// Entries as events, and after the last one of the log the checkpoint.
    struct Piece: Sendable {
        /// The size of the log with its entries.
        var end: LogSize
        var bytes: ByteBuffer
    }

    fileprivate enum Slot {
        case ready(Piece)
        case coming([CheckedContinuation<Piece, any Error>])
    }

    fileprivate struct State {
        /// By the position of their first entry.
        var slots: [Position: Slot] = [:]
        /// The ready ones, oldest first.
        var order: [Position] = []
        var bytes = 0
        /// Another one after each time that what is ready was forgotten.
        var generation = 0
    }

    private let store: any LogStore
    /// Never held while the store is read.
    private let state = Mutex(State())
    private let reading = DispatchQueue(label: "ambit.followers.behind")

    init(of store: any LogStore) { self.store = store }

    /// What comes from a position on, as far as it is at hand; read from the store when nothing of it is.
    ///
    /// - Parameters:
    ///   - position: within the log.
    ///   - head: the log's end.
    /// - Returns: consecutive pieces, at least one, together not much longer than `pieceBytes`.
    /// - Throws: what the store throws.
    func next(from position: Position, to head: LogHead) async throws -> [Piece] {
        let ready = state.withLock { $0.ready(from: position) }
        if !ready.isEmpty { return ready }
        let piece = try await withCheckedThrowingContinuation { continuation in
            let (found, isFirst) = state.withLock { $0.await(position, continuation) }
            if let found { continuation.resume(returning: found) }
            if isFirst { reading.async { [self] in read(from: position, to: head) } }
        }
        return [piece]
    }

    /// Has the first pieces from a position on ready before anybody asks.
    ///
    /// Blocks.
    func prepare(from position: Position, to head: LogHead) {
        guard head.size.contains(position) else { return forget() }
        let isKnown = state.withLock { state in
            guard state.slots[position] == nil else { return true }
            state.slots[position] = .coming([])
            return false
        }
        if !isKnown { read(from: position, to: head) }
    }

    /// Forgets what is ready, and what is being read: entries of it may have been erased.
    func forget() {
        state.withLock { state in
            state.generation += 1
            for position in state.order { state.slots[position] = nil }
            state.order = []
            state.bytes = 0
        }
    }

    private func read(from position: Position, to head: LogHead) {
        let generation = state.withLock { $0.generation }
        let pieces = Result { try encode(from: position, to: head) }
        let waiting = state.withLock { state in
            let waiting = state.arrived(at: position)
            if case .success(let pieces) = pieces, state.generation == generation {
                state.keep(pieces, from: position)
            }
            return waiting
        }
        for follower in waiting { follower.resume(with: pieces.map { $0[0] }) }
    }

    /// Reads the rest of a segment, or of the log, and encodes it up to a limit.
    private func encode(from position: Position, to head: LogHead) throws -> [Piece] {
        let segment = Segment.positions(position.segment)
        let end = min(head.size.next, segment.upperBound)
        let entries = try store.entries(position..<end)
        var pieces: [Piece] = []
        var piece = Piece(end: LogSize(before: position), bytes: ByteBuffer())
        piece.bytes.reserveCapacity(min(entries.count + (end - position) * 24, Self.pieceBytes) + 1024)
        var total = 0
        entries.withUnsafeBufferPointer { entries in
            Lines.forEach(in: entries) { line in
                guard total < Self.readBytes else { return }
                piece.end += 1
                LiveEncoding.write(UnsafeBufferPointer(rebasing: entries[line]), size: piece.end, to: &piece.bytes)
                if piece.bytes.readableBytes >= Self.pieceBytes {
                    total += piece.bytes.readableBytes
                    pieces.append(piece)
                    piece.bytes = ByteBuffer()
                }
            }
        }
        if piece.end == head.size, let checkpoint = head.checkpoint {
            LiveEncoding.write(checkpoint, to: &piece.bytes)
        }
        if piece.bytes.readableBytes > 0 {
            if let last = pieces.last, last.end == piece.end {
                pieces[pieces.count - 1].bytes.writeBuffer(&piece.bytes)
            } else {
                pieces.append(piece)
            }
        }
        guard !pieces.isEmpty else {
            throw LogError(.corrupt, "the entries from \(position) to \(end) are missing; run 'ambit verify'")
        }
        return pieces
    }

    /// A follower is sent about so many bytes at once, and holds no more.
    static let pieceBytes = 64 * 1024
    /// What is encoded of one read; more only where a segment holds very long entries.
    private static let readBytes = 1 << 20
    /// What is remembered for others.
    fileprivate static let rememberedBytes = 4 << 20
}

extension LivePieces.State {
    /// The pieces at hand from a position on, up to the length of one.
    fileprivate func ready(from position: Position) -> [LivePieces.Piece] {
        var found: [LivePieces.Piece] = []
        var next = position
        var bytes = 0
        while bytes < LivePieces.pieceBytes, case .ready(let piece)? = slots[next] {
            found.append(piece)
            next = piece.end.next
            bytes += piece.bytes.readableBytes
        }
        return found
    }

    /// Waits for a piece: gives it when it has come meanwhile, and says whether this is the first who waits.
    fileprivate mutating func await(
        _ position: Position,
        _ continuation: CheckedContinuation<LivePieces.Piece, any Error>
    ) -> (found: LivePieces.Piece?, isFirst: Bool) {
        switch slots[position] {
        case .ready(let piece)?: return (piece, false)
        case .coming(let waiting)?:
            slots[position] = .coming(waiting + [continuation])
            return (nil, false)
        case nil:
            slots[position] = .coming([continuation])
            return (nil, true)
        }
    }

    fileprivate mutating func arrived(at position: Position) -> [CheckedContinuation<LivePieces.Piece, any Error>] {
        guard case .coming(let waiting)? = slots[position] else { return [] }
        slots[position] = nil
        return waiting
    }

    /// Keeps pieces for whoever comes next, and drops the oldest for them.
    fileprivate mutating func keep(_ pieces: [LivePieces.Piece], from position: Position) {
        var start = position
        for piece in pieces {
            if slots[start] == nil {
                slots[start] = .ready(piece)
                order.append(start)
                bytes += piece.bytes.readableBytes
            }
            start = piece.end.next
        }
        var dropped = 0
        while bytes > LivePieces.rememberedBytes, dropped < order.count {
            if case .ready(let old)? = slots.removeValue(forKey: order[dropped]) { bytes -= old.bytes.readableBytes }
            dropped += 1
        }
        order.removeFirst(dropped)
    }
}
