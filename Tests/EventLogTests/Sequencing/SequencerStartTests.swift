import AgendaModel
import EventLogTesting
import Synchronization
import Testing

@testable import EventLog

/// A store that gives its tail with one bit flipped.
private final class FlippedLogStore: ForwardingLogStore {
    let store: HookedLogStore
    private let flipped: Position

    init(_ store: HookedLogStore, flipped: Position) {
        self.store = store
        self.flipped = flipped
    }

    func forEachBlock(
        in range: Range<Position>,
        _ body: (_ first: Position, _ count: Int, _ entries: UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        try store.forEachBlock(in: range) { first, count, entries in
            var bytes = Array(entries)
            if first <= flipped, flipped.rawValue < first.rawValue + count {
                var line = first.rawValue
                for index in bytes.indices {
                    if line == flipped.rawValue {
                        bytes[index + 20] ^= 1
                        break
                    }
                    if bytes[index] == 10 { line += 1 }
                }
            }
            try bytes.lend { try body(first, count, $0) }
        }
    }
}

@Suite("Start-up of the sequencer")
struct SequencerStartTests {
    @Test("A bit flipped in the tail is noticed, and said where", arguments: [257, 260, 266])
    func flippedBit(position: Int) async throws {
        let rig = try SequencerRig()
        let sequencer = try rig.start()
        let device = try await rig.enrol(sequencer, as: .recorder).device
        _ = try await sequencer.push((1...255).map { .start($0, by: device) }, by: device)
        for counter in 256...265 { _ = try await sequencer.push([.start(counter, by: device)], by: device) }
        await sequencer.shutDown()
        #expect(try rig.store.head().sealedSegments == 1)
        let flipped = FlippedLogStore(rig.store, flipped: Position(position))
        let error = #expect(throws: LogError.self) {
            try Sequencer(store: flipped, key: rig.key, environment: rig.environment)
        }
        #expect(error?.code == .corrupt)
        #expect(error?.message.contains("to \(position) ") == true, "\(String(describing: error))")
        _ = try rig.start()
    }

    @Test("A segment that was not sealed before the stop is sealed at the next start")
    func sealing() async throws {
        let rig = try SequencerRig()
        let sequencer = try rig.start()
        let device = try await rig.enrol(sequencer, as: .recorder).device
        _ = try await sequencer.push((1...100).map { .start($0, by: device) }, by: device)
        await sequencer.shutDown()
        let next = try rig.start()
        _ = try await next.push((101...600).map { .start($0, by: device) }, by: device)
        await next.shutDown()
        #expect(try rig.store.head().sealedSegments == 2)
        #expect(next.head.sealedSegments == 2)
        for segment in try rig.store.segments(0..<2) {
            let opened = try Segment.opening(
                number: segment.number,
                run: segment.run,
                crc: segment.crc,
                length: segment.length
            )
            #expect(opened.segment == segment)
        }
        try rig.checkTree()
    }

    @Test("An observer hears of the head as it is, of every commit in order, and of changes of access")
    func observing() async throws {
        let rig = try SequencerRig()
        let sequencer = try rig.start()
        let heard = Mutex<[(size: Int, devices: Int)]>([])
        sequencer.observe { head, access, _ in
            heard.withLock { $0.append((head.size.rawValue, access.devices.count)) }
        }
        #expect(heard.withLock { $0.map(\.size) } == [0])
        let device = try await rig.enrol(sequencer, as: .recorder).device
        #expect(heard.withLock { $0.contains { $0 == (2, 1) } })
        _ = try await sequencer.push([.start(1, by: device)], by: device)
        let sizes = heard.withLock { $0.map(\.size) }
        #expect(sizes.last == 3)
        #expect(sizes == sizes.sorted())
        await sequencer.shutDown()
    }
}
