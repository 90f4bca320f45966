import HTTPTypes
import Hummingbird
import NIOCore
import SyncTesting
import Synchronization
import Testing

@testable import SyncServer

@Suite("Contents that are the same for everybody")
struct FixedContentsTests {
    /// Keeps what is written, as it is.
    private final class Collector: ResponseBodyWriter, Sendable {
        let buffers = Mutex<[ByteBuffer]>([])

        func write(_ buffer: ByteBuffer) async throws { buffers.withLock { $0.append(buffer) } }

        func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    /// Where the contents of an answer are in memory, and how many bytes.
    private func place(of path: String, _ rig: ServiceRig) async throws -> (start: UInt, count: Int) {
        let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: path)
        let response = try await rig.answer(Request(head: head, body: RequestBody(buffer: ByteBuffer())))
        #expect(response.status == .ok)
        let collector = Collector()
        try await response.body.write(collector)
        let buffer = try #require(collector.buffers.withLock { $0.first })
        return buffer.withUnsafeReadableBytes { (UInt(bitPattern: $0.baseAddress), $0.count) }
    }

    @Test(
        "Two answers have the same memory",
        arguments: [
            "/v1/openapi.json", "/v1/openapi.yaml", "/agendas/assen/assets/style.css", "/agendas/assen/assets/page.js",
        ]
    )
    func shared(path: String) async throws {
        var options = ServerOptions.withoutRates
        options.contact.name = "Gemeente Assen"
        options.pageStyle = Array("body { color: black }".utf8)
        let rig = try await ServiceRig(options)
        let places = [try await place(of: path, rig), try await place(of: path, rig)]
        #expect(places[0].start == places[1].start && places[0].count == places[1].count)
        #expect(places[0].count > 500)
    }
}
