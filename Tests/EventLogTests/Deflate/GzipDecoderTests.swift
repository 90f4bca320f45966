import Deflate
import Testing

@testable import EventLog

@Suite("Gzip input")
struct GzipDecoderTests {
    struct File: Decodable {
        struct Case: Decodable, CustomTestStringConvertible {
            var name: String
            var gzip: String
            var content: String?
            var error: String?
            var testDescription: String { name }
        }
        var limit: Int
        var cases: [Case]
    }

    static let file = Result { try Vectors.read("gzip/streams.json", as: File.self) }

    @Test("Every vector is read as it says, in one piece and byte by byte", arguments: try file.get().cases)
    func vector(item: File.Case) throws {
        let input = try #require(Base64.decode(item.gzip))
        let limit = try Self.file.get().limit
        for size in [max(1, input.count), 1, 7] {
            let outcome = decode(input, limit: limit, pieces: size)
            switch outcome {
            case .success(let content):
                #expect(content == Base64.decode(item.content ?? "?"), "pieces of \(size)")
            case .failure(let error):
                #expect("\(error.code)" == item.error, "pieces of \(size): \(error)")
            }
        }
    }

    @Test("A bomb is stopped by the ratio long before the size")
    func bomb() throws {
        let bomb = Gzip.compress(Array(repeating: 0, count: 20_000_000))
        var decoder = GzipDecoder(maximumInflated: 64 << 20, maximumRatio: 200)
        var output: [UInt8] = []
        do {
            try bomb.lend { input throws(DeflateError) in try decoder.decode(input, into: &output) }
            Issue.record("the bomb was inflated")
        } catch {
            #expect(error.code == .ratioExceeded)
            #expect(output.count <= GzipDecoder.ratioFloor + (1 << 16))
        }
        #expect(throws: DeflateError.self) { try decoder.finish() }
    }

    @Test("A small input may shrink as much as it likes")
    func smallRatio() throws {
        let content = [UInt8](repeating: 0, count: 900_000)
        #expect(try decode(Gzip.compress(content), limit: 1 << 20, pieces: 100).get() == content)
    }

    @Test("Gzip that was made here is read here", arguments: DeflateTests.contents)
    func roundTrip(content: [UInt8]) throws {
        #expect(try decode(Gzip.compress(content), limit: content.count, pieces: 1000).get() == content)
    }

    private func decode(_ input: [UInt8], limit: Int, pieces: Int) -> Result<[UInt8], DeflateError> {
        var decoder = GzipDecoder(maximumInflated: limit, maximumRatio: 200)
        var output: [UInt8] = []
        do throws(DeflateError) {
            for start in stride(from: 0, to: input.count, by: pieces) {
                try Array(input[start..<min(start + pieces, input.count)]).lend { piece throws(DeflateError) in
                    try decoder.decode(piece, into: &output)
                }
            }
            try decoder.finish()
            return .success(output)
        } catch {
            return .failure(error)
        }
    }
}
