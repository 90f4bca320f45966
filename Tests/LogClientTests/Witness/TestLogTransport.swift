import AgendaModel
import EventLog
import EventLogTesting
import LogClient
import Synchronization

/// A log as static files, as any C2SP log gives them out; its answers can be changed.
final class TestLogTransport: Transport {
    typealias Change = @Sendable (_ path: String, _ status: Int, _ body: [UInt8]) async throws -> (Int, [UInt8])

    private struct State {
        var history: SignedHistory
        var size: Int
        var asked: [String] = []
        var change: Change?
    }

    private let state: Mutex<State>

    /// The log shows so many entries of a history, and has tiles up to there.
    init(_ history: SignedHistory, size: Int) { state = Mutex(State(history: history, size: size)) }

    func show(_ history: SignedHistory, size: Int) {
        state.withLock { state in
            state.history = history
            state.size = size
        }
    }

    func change(_ change: Change?) { state.withLock { $0.change = change } }

    /// What was asked for since the last time.
    func takeAsked() -> [String] {
        state.withLock { state in
            defer { state.asked = [] }
            return state.asked
        }
    }

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        let (history, size, change) = state.withLock { state in
            state.asked.append(request.path)
            return (state.history, state.size, state.change)
        }
        var (status, body) = Self.answer(request.path, history, size)
        if let change { (status, body) = try await change(request.path, status, body) }
        let pieces = Mutex<[[UInt8]]>([body])
        return TransportResponse(status: status, headers: [:]) { pieces.withLock { $0.popLast() } }
    }

    private static func answer(_ path: String, _ history: SignedHistory, _ size: Int) -> (Int, [UInt8]) {
        if path == "/checkpoint" { return (200, Array(history.checkpoint(size).note.utf8)) }
        guard let tile = Tile(path: path.dropFirst()), tile.exists(at: LogSize(size)), let hashes = history.hashes(tile)
        else { return (404, []) }
        return (200, LogTiles.bytes(of: hashes))
    }
}
