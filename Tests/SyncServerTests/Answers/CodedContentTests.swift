import Deflate
import HTTPTypes
import Hummingbird
import SyncProtocol
import Testing

@testable import SyncServer

@Suite("The bytes of an answer")
struct CodedContentTests {
    private static let long = [UInt8](repeating: UInt8(ascii: "x"), count: 100_000)

    @Test("They are compressed when they are many and the client takes that, and the answer says so")
    func coding() throws {
        let compressed = CodedContent(Self.long, .gzip)
        #expect(compressed.bytes.count < 1000 && compressed.coding == .gzip)
        let response = Response(compressed)
        #expect(response.headers[.contentEncoding] == "gzip")
        #expect(response.headers[.contentLength] == "\(compressed.bytes.count)")
        for (bytes, coding) in [(Self.long, ContentCoding.identity), (Array(Self.long.prefix(1000)), .gzip)] {
            let plain = CodedContent(bytes, coding)
            #expect(plain.bytes == bytes && plain.coding == .identity)
            #expect(Response(plain).headers[.contentEncoding] == nil)
            #expect(Response(plain).headers[.vary] == "Authorization, Accept-Encoding")
        }
    }
}
