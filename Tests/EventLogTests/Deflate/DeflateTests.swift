import Deflate
import EventLogTesting
import Testing

@testable import EventLog

@Suite("Deflate runs")
struct DeflateTests {
    static let contents: [[UInt8]] = [
        [], [0], Array("hallo\n".utf8), Array(repeating: 7, count: 100_000), Array(0...255),
        (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 31 >> 3) },
    ]

    @Test("A run inflates to what it was made from", arguments: contents)
    func roundTrip(content: [UInt8]) throws {
        let run = content.lend { Deflate.run($0) }
        #expect(run.suffix(4) == [0, 0, 0xFF, 0xFF])
        #expect(run.count >= Deflate.shortestRun)
        #expect(try Deflate.inflate(run: run, length: content.count) == content)
    }

    @Test("The same content gives the same run on a fresh and on a used stream")
    func reuse() {
        let content = Self.contents[5]
        let first = content.lend { Deflate.run($0) }
        for other in Self.contents { _ = other.lend { Deflate.run($0) } }
        #expect(content.lend { Deflate.run($0) } == first)
    }

    @Test("Streams are shared by many tasks without mixing them up")
    func concurrency() async {
        await withTaskGroup(of: Bool.self) { group in
            for seed in 0..<32 {
                group.addTask {
                    let content = (0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* seed >> 2) }
                    let run = content.lend { Deflate.run($0) }
                    return (try? Deflate.inflate(run: run, length: content.count)) == content
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test("A run of another length than expected is refused")
    func wrongLength() {
        let run = Array("hallo allemaal\n".utf8).lend { Deflate.run($0) }
        #expect(throws: DeflateError.Code.tooLarge) { try inflating(run, 14) }
        #expect(throws: DeflateError.Code.truncated) { try inflating(run, 16) }
    }

    @Test("A run that is cut off anywhere is refused")
    func cutOff() {
        let content = Array("een twee drie een twee drie\n".utf8)
        let run = content.lend { Deflate.run($0) }
        for length in 0..<run.count {
            #expect(throws: DeflateError.self) {
                try Deflate.inflate(run: Array(run.prefix(length)), length: content.count)
            }
        }
    }

    @Test("A run with a final block is refused: nothing could follow it")
    func finalBlock() {
        let content = Array("hallo\n".utf8)
        var run = content.lend { Deflate.finalRun($0) }
        #expect(throws: DeflateError.self) { try Deflate.inflate(run: run, length: content.count) }
        run += [0, 0, 0xFF, 0xFF]
        #expect(throws: DeflateError.Code.corrupt) { try inflating(run, content.count) }
    }

    @Test("A run that looks back before its start is refused")
    func dependentRun() throws {
        // A match of length 3 at distance 1, without anything before it; then an empty stored block.
        let run: [UInt8] = [0x02, 0x02, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF]
        #expect(throws: DeflateError.self) { try Deflate.inflate(run: run, length: 3) }
    }

    @Test("A damaged run never gives more bytes than it should", arguments: 0..<200)
    func damage(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let content = Array(String(repeating: "metingen van vandaag ", count: 50).utf8)
        var run = content.lend { Deflate.run($0) }
        for _ in 0..<3 { run[Int.random(in: run.indices, using: &random)] ^= UInt8.random(in: 1...255, using: &random) }
        let inflated = try? Deflate.inflate(run: run, length: content.count)
        #expect(inflated == nil || inflated?.count == content.count, "seed \(seed)")
    }

    @Test("CRCs of parts combine to the CRC of the whole")
    func combining() {
        let (left, right) = (Self.contents[4], Self.contents[5])
        let whole = (left + right).lend { CRC32(of: $0) }
        let combined = left.lend { CRC32(of: $0) }.followed(by: right.lend { CRC32(of: $0) }, length: right.count)
        #expect(combined == whole)
        #expect(Array("123456789".utf8).lend { CRC32(of: $0) }.rawValue == 0xCBF4_3926)
        #expect(whole.followed(by: CRC32(), length: 0) == whole)
    }

    private func inflating(_ run: [UInt8], _ length: Int) throws(DeflateError.Code) {
        do { _ = try Deflate.inflate(run: run, length: length) } catch { throw error.code }
    }
}

extension DeflateError.Code: Error {}
