internal import NIOCore
internal import Synchronization

/// Which connection of an event loop is next to have a request taken up, of those that have sent more than one at once.
///
/// An event loop does all that it has to do before it looks at its sockets again. Requests that are there already would
/// keep it from that for as long as there are any. So they are taken up one by one, and in between the loop may look.
/// Addresses take turns, and so do the connections of each.
///
/// Belongs to its event loop, on which everything is called.
final class RequestTurns {
    /// After an answer, the next such request is taken up so much later.
    private static let pause = TimeAmount.milliseconds(1)
    /// After a part of a body, when nobody else waits: enough for the loop to look at its sockets.
    private static let shortPause = TimeAmount.microseconds(100)
    /// An answer that takes longer is not waited for.
    private static let answerTimeout = TimeAmount.milliseconds(10)

    private let loop: any EventLoop
    private var waiting: [String: [RequestPacingHandler]] = [:]
    /// The addresses that have connections waiting, the next one first.
    private var order: [String] = []
    /// Whose request was taken up last, as long as it is not answered.
    private var current: RequestPacingHandler?
    private var next: Scheduled<Void>?

    init(_ loop: any EventLoop) { self.loop = loop }

    /// Has a connection wait for its turn.
    ///
    /// - Parameters:
    ///   - connection: has something to be taken up, and waits only once.
    ///   - address: with which other connections it takes turns.
    func add(_ connection: RequestPacingHandler, from address: String) {
        if waiting[address] == nil { order.append(address) }
        waiting[address, default: []].append(connection)
        schedule(in: Self.pause)
    }

    /// Goes on when the request that was taken up last has been answered, or its connection has ended.
    func noteAnswer(to connection: RequestPacingHandler) {
        guard current === connection else { return }
        current = nil
        next?.cancel()
        next = nil
        schedule(in: Self.pause)
    }

    private func schedule(in time: TimeAmount) {
        guard next == nil, !order.isEmpty else { return }
        next = loop.assumeIsolated().scheduleTask(in: time) { self.takeUp() }
    }

    private func takeUp() {
        next = nil
        current = nil
        while let connection = popFirst() {
            switch connection.takeTurn() {
            case .nothing: continue
            case .part: schedule(in: order.isEmpty ? Self.shortPause : Self.pause)
            case .request:
                current = connection
                schedule(in: Self.answerTimeout)
            }
            return
        }
    }

    private func popFirst() -> RequestPacingHandler? {
        guard !order.isEmpty else { return nil }
        let address = order.removeFirst()
        guard var connections = waiting.removeValue(forKey: address), !connections.isEmpty else { return nil }
        let first = connections.removeFirst()
        if !connections.isEmpty {
            waiting[address] = connections
            order.append(address)
        }
        return first
    }
}

/// The turns of each event loop of a server.
final class RequestTurnTable: Sendable {
    /// Held for a look-up.
    private let loops = Mutex<[ObjectIdentifier: NIOLoopBound<RequestTurns>]>([:])

    /// - Parameter loop: the one that the caller is on.
    /// - Returns: the same each time.
    func turns(on loop: any EventLoop) -> RequestTurns {
        let key = ObjectIdentifier(loop)
        let bound = loops.withLock { loops in
            let bound = loops[key] ?? NIOLoopBound(RequestTurns(loop), eventLoop: loop)
            loops[key] = bound
            return bound
        }
        return bound.value
    }
}
