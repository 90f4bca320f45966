import LogClient
import SyncProtocol

@testable import SyncClient

/// A live stream as a client that trusts it would read it.
struct LiveReading {
    let response: TransportResponse
    private var parser = EventStreamParser()
    private var waiting: ArraySlice<EventStreamParser.Item> = []

    init(
        _ transport: some Transport,
        after: Int? = nil,
        lastEventID: String? = nil,
        token: String
    ) async throws {
        var headers = ["Accept": ProtocolConstants.eventStream, "Authorization": "Bearer \(token)"]
        headers["Last-Event-ID"] = lastEventID
        let query = after.map { "?after=\($0)" } ?? ""
        response = try await transport.send(TransportRequest(path: "/events\(query)", headers: headers))
    }

    /// The next thing that the stream says; nil at its end.
    mutating func next() async throws -> EventStreamParser.Item? {
        while true {
            if let item = waiting.popFirst() { return item }
            guard let piece = try await response.next() else { return nil }
            waiting = try parser.receive(piece)[...]
        }
    }

    /// Reads on to the checkpoint of a size, and gives the entries before it with their ids.
    mutating func entries(upTo size: Int) async throws -> (entries: [String], ids: [String], note: String) {
        var entries: [String] = []
        var ids: [String] = []
        while let item = try await next() {
            guard case .event(let event) = item else { continue }
            let data = String(decoding: event.data, as: UTF8.self)
            if event.name == "checkpoint" {
                if data.split(separator: "\n")[1] == "\(size)" { return (entries, ids, data) }
            } else {
                entries.append(data)
                ids.append(event.id)
            }
        }
        throw LogClientError(.cut, "the stream ended before the checkpoint of size \(size)")
    }
}
