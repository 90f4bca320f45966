internal import AgendaModel
internal import EventLog
internal import LogClient
internal import SyncProtocol

/// A live stream, or a pull that waits.
///
/// Reads the next piece only when it is told to: what is not read yet stays with the server.
final class WatchConnection: Sendable {
    let number: Int
    private let permits: AsyncStream<Void>.Continuation
    private let task: Task<Void, Never>

    init(
        _ number: Int,
        _ channel: WatchChannel,
        request: TransportRequest,
        over transport: any Transport,
        to signals: AsyncStream<WatchSignal>.Continuation
    ) {
        self.number = number
        let (stream, permits) = AsyncStream<Void>.makeStream()
        self.permits = permits
        task = Task {
            do {
                let response = try await transport.send(request)
                switch channel {
                case .events: try await Self.follow(response, number, permits: stream, to: signals)
                case .wait: signals.yield(.polled(number, try await Self.collect(response)))
                }
            } catch {
                let failure = LogClientError(ending: error) ?? LogClientError(.cut, "the connection failed")
                signals.yield(.failed(number, failure))
            }
        }
    }

    deinit { task.cancel() }

    /// Has the next piece of a stream read.
    func readNext() { permits.yield() }

    private static func follow(
        _ response: TransportResponse,
        _ number: Int,
        permits: AsyncStream<Void>,
        to signals: AsyncStream<WatchSignal>.Continuation
    ) async throws {
        try await response.check(status: 200, type: ProtocolConstants.eventStream)
        signals.yield(.piece(number, []))
        for await _ in permits {
            guard let piece = try await response.next() else { break }
            signals.yield(.piece(number, piece))
        }
        signals.yield(.ended(number))
    }

    /// The entries of an answer in segment members; without them when they are more than a watch keeps.
    private static func collect(_ response: TransportResponse) async throws -> ReceivedEntries? {
        try await response.check(status: 200, type: ProtocolConstants.members)
        var reader = SegmentMemberReader()
        var received: ReceivedEntries?
        var isTooLong = false
        do {
            while !isTooLong, let piece = try await response.next() {
                for member in try piece.withUnsafeBufferPointer({ try reader.receive($0) }) where !isTooLong {
                    let entries = received ?? ReceivedEntries(first: member.first)
                    isTooLong = entries.lines.count + member.length > LiveCollector.maximumBytes
                    received = entries
                    if !isTooLong { received?.lines += try member.entries() }
                }
            }
        } catch let error as LogError {
            throw LogClientError.damaged(error.message)
        }
        return received
    }
}
