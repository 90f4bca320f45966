import AgendaModel
import Deflate
import EventLog
import Synchronization
import Testing

@testable import SyncServer

@Suite("Entry bundles that were compressed")
struct CompressedBundlesTests {
    /// Text that gzip cannot make much of.
    private static func bundle(_ seed: UInt64, length: Int = 4096) -> [UInt8] {
        var state = seed
        return (0..<length).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }

    @Test("One that is asked for again is not compressed again, and one that differs is")
    func again() {
        let count = Mutex(0)
        let bundles = CompressedBundles { bytes in
            count.withLock { $0 += 1 }
            return Gzip.compress(bytes)
        }
        for seed in [UInt64(1), 2, 1, 2, 1] {
            let bytes = Self.bundle(seed)
            #expect(bundles.compressed(bytes, hash: .sha256(bytes)) == Gzip.compress(bytes))
        }
        #expect(count.withLock { $0 } == 2)
    }

    @Test("No more is kept than there is room for, and what went is made again")
    func room() {
        let count = Mutex(0)
        let bundles = CompressedBundles { bytes in
            count.withLock { $0 += 1 }
            return bytes
        }
        let quarter = CompressedBundles.maximumBytes / 4
        for seed in UInt64(0)..<9 {
            let bytes = Self.bundle(seed, length: quarter)
            #expect(bundles.compressed(bytes, hash: .sha256(bytes)) == bytes)
            #expect(bundles.keptBytes == min(Int(seed) + 1, 4) * quarter)
        }
        let (first, last) = (Self.bundle(0, length: quarter), Self.bundle(8, length: quarter))
        _ = bundles.compressed(last, hash: .sha256(last))
        #expect(count.withLock { $0 } == 9)
        _ = bundles.compressed(first, hash: .sha256(first))
        #expect(count.withLock { $0 } == 10)
        let tooLong = [UInt8](repeating: 0, count: CompressedBundles.maximumBytes + 1)
        #expect(bundles.compressed(tooLong, hash: .sha256(tooLong)).count == tooLong.count)
        #expect(bundles.keptBytes == CompressedBundles.maximumBytes)
    }
}
