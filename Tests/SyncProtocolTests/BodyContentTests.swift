import Deflate
import Testing

@testable import SyncProtocol

@Suite
struct BodyContentTests {
    static let text = Array(String(repeating: "een regel\n", count: 40).utf8)

    private func inflate(_ body: [UInt8], _ limits: Limits = .standard) throws(ProblemDetails) -> [UInt8] {
        try body.withUnsafeBufferPointer { bytes throws(ProblemDetails) in
            try BodyContent.inflate(bytes, limits: limits)
        }
    }

    @Test("A gzip body gives its content")
    func whole() throws {
        #expect(try inflate(Gzip.compress(Self.text)) == Self.text)
    }

    @Test("Several gzip members are one content")
    func members() throws {
        #expect(try inflate(Gzip.compress(Self.text) + Gzip.compress(Self.text)) == Self.text + Self.text)
    }

    @Test("A body that was cut off anywhere is refused", arguments: [0, 1, 5, 10, 11, 20, 30])
    func truncated(length: Int) throws {
        let body = Gzip.compress(Self.text).prefix(length)
        let problem = try #require(throws: ProblemDetails.self) { try inflate(Array(body)) }
        #expect(problem.problem == .badRequest)
    }

    @Test("What follows the end of a body is refused", arguments: [[0], [1, 2, 3], Array("GARBAGE".utf8)])
    func trailing(garbage: [UInt8]) throws {
        let problem = try #require(throws: ProblemDetails.self) { try inflate(Gzip.compress(Self.text) + garbage) }
        #expect(problem.problem == .badRequest)
    }

    @Test("A flipped bit is noticed")
    func flipped() throws {
        var body = Gzip.compress(Self.text)
        body[body.count - 6] ^= 1
        #expect(throws: ProblemDetails.self) { try inflate(body) }
    }

    @Test("A body that inflates too far is refused, by its ratio")
    func ratio() throws {
        let problem = try #require(throws: ProblemDetails.self) {
            try inflate(Gzip.compress([UInt8](repeating: 0x20, count: 8 << 20)))
        }
        #expect(problem.problem == .tooLarge)
        #expect(problem.detail?.contains("200 times") == true)
    }

    @Test("A body that inflates too far is refused, by its length")
    func length() throws {
        var limits = Limits.standard
        limits.pushInflatedBytes = Self.text.count - 1
        let problem = try #require(throws: ProblemDetails.self) { try inflate(Gzip.compress(Self.text), limits) }
        #expect(problem.problem == .tooLarge)
        limits.pushInflatedBytes += 1
        #expect(try inflate(Gzip.compress(Self.text), limits) == Self.text)
    }
}
