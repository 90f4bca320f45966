internal import AgendaModel
internal import LogClient
internal import SyncClient
internal import Synchronization

/// A laptop's connection.
///
/// Its sync waits here at every request, every piece of an answer, and every pause.
final class SimulatedTransport: Transport {
    /// What a sync waits for.
    enum Pending {
        case nothing
        case request(TransportRequest, CheckedContinuation<TransportResponse, any Error>)
        /// Sent, under this number.
        case answer(Int, TransportRequest, CheckedContinuation<TransportResponse, any Error>)
        case piece(CheckedContinuation<[UInt8]?, any Error>)
        case sleep(Duration, CheckedContinuation<Void, any Error>)
    }

    private struct State {
        var pending = Pending.nothing
        /// What has not been read of the answer.
        var body: ArraySlice<UInt8> = []
    }

    private let state = Mutex(State())
    private let scheduler: Scheduler

    init(scheduler: Scheduler) {
        self.scheduler = scheduler
    }

    /// What the laptop waits for now.
    var pending: Pending { state.withLock { $0.pending } }

    /// How many bytes of the answer have not been read.
    var bytesLeft: Int { state.withLock { $0.body.count } }

    // MARK: The laptop's side

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        try await withCheckedThrowingContinuation { wait(for: .request(request, $0)) }
    }

    func sleep(_ duration: Duration) async throws {
        try await withCheckedThrowingContinuation { wait(for: .sleep(duration, $0)) }
    }

    private func nextPiece() async throws -> [UInt8]? {
        try await withCheckedThrowingContinuation { wait(for: .piece($0)) }
    }

    private func wait(for pending: Pending) {
        state.withLock { $0.pending = pending }
        scheduler.rest()
    }

    // MARK: The world's side

    /// The request goes out under this number.
    func sent(as number: Int) {
        state.withLock { state in
            guard case .request(let request, let continuation) = state.pending else { return }
            state.pending = .answer(number, request, continuation)
        }
    }

    /// The head of the answer arrives.
    func receive(_ answer: Answer) {
        let response = TransportResponse(status: answer.status, headers: answer.headers) { [self] in
            try await nextPiece()
        }
        state.withLock { $0.body = answer.body[...] }
        resume { pending in
            guard case .answer(_, _, let continuation) = pending else { return }
            continuation.resume(returning: response)
        }
    }

    /// The next bytes of the answer arrive, as many as this; the end, when there are none left.
    func receive(bytes count: Int) {
        let piece = state.withLock { state -> [UInt8]? in
            guard !state.body.isEmpty else { return nil }
            defer { state.body = state.body.dropFirst(count) }
            return Array(state.body.prefix(count))
        }
        resume { pending in
            guard case .piece(let continuation) = pending else { return }
            continuation.resume(returning: piece)
        }
    }

    /// The wait is over.
    func wake() {
        resume { pending in
            guard case .sleep(_, let continuation) = pending else { return }
            continuation.resume()
        }
    }

    /// Whatever the laptop waits for fails.
    func fail(_ failure: LogClientError) {
        resume { pending in
            switch pending {
            case .nothing: break
            case .request(_, let continuation), .answer(_, _, let continuation): continuation.resume(throwing: failure)
            case .piece(let continuation): continuation.resume(throwing: failure)
            case .sleep(_, let continuation): continuation.resume(throwing: CancellationError())
            }
        }
    }

    private func resume(_ body: (Pending) -> Void) {
        let pending = state.withLock { state in
            defer { state.pending = .nothing }
            return state.pending
        }
        if case .nothing = pending { return }
        scheduler.begin()
        body(pending)
    }
}
