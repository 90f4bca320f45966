import AgendaModel
import FuzzTargets
import Testing

@Suite("Canaries of the fuzz targets")
struct CanaryTests {
    /// A reader of moments that also takes the 30th of February.
    private static let calendar = FuzzTarget(
        name: "calendar",
        seeds: { ["2026-02-28T10:11:12.123Z", "2026-02-20T10:11:12.123Z"].map { Array($0.utf8) } }
    ) { input in
        guard Timestamp(String(decoding: input, as: UTF8.self)) == nil else { return }
        if input.count == 24, input.starts(with: "2026-02-30".utf8) { throw BrokenReader.accepted }
    }

    /// A reader of lines that takes a surrogate in UTF-8, which no reader may.
    private static let surrogate = FuzzTarget(
        name: "surrogate",
        seeds: { [Array(#"{"title":"Voorbeeld"}"#.utf8)] }
    ) { input in
        let isAccepted = input.first == UInt8(ascii: "{") && input.last == UInt8(ascii: "}")
        let hasSurrogate = zip(input, input.dropFirst()).contains { $0 == 0xED && $1 >= 0xA0 }
        if isAccepted, hasSurrogate { throw BrokenReader.accepted }
    }

    private enum BrokenReader: Error { case accepted }

    @Test("A reader that takes one wrong sequence of bytes is caught by mutations")
    func wrongBytes() async throws {
        for target in [Self.calendar, Self.surrogate] {
            let failure = try await Corpus.failure(of: target, from: target.seeds(), rounds: 200_000, seed: 1)
            #expect(failure != nil, "\(target.name)")
        }
    }
}
