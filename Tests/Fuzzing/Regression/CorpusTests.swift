import EventLogTesting
import FuzzTargets
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("The corpus of the fuzz targets")
struct CorpusTests {
    @Test("Whatever was kept still holds", arguments: FuzzTarget.all.map(\.name))
    func corpus(_ name: String) async throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let inputs = try Corpus.inputs(of: target)
        #expect(!inputs.isEmpty, "the corpus of \(name) has no inputs")
        for (file, input) in inputs { try await Corpus.check(input, target, "Tests/Fuzzing/Corpus/\(name)/\(file)") }
        for (number, seed) in try await target.seeds().enumerated() {
            try await Corpus.check(seed, target, "seed \(number)")
        }
    }

    @Test("Changed at random it holds too", arguments: FuzzTarget.all.map(\.name))
    func mutations(_ name: String) async throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let inputs = try await Corpus.inputs(of: target).map(\.bytes) + target.seeds()
        #expect(try await Corpus.failure(of: target, from: inputs, rounds: 100, seed: 1) == nil)
    }

    @Test("Every folder of the corpus belongs to a target, and is small")
    func folders() throws {
        for folder in try Corpus.folders() { #expect(FuzzTarget.all.contains { $0.name == folder }, "\(folder)") }
        for target in FuzzTarget.all {
            let inputs = try Corpus.inputs(of: target)
            #expect(inputs.count <= 200, "\(target.name): run Tools/fuzz --minimise \(target.name)")
            #expect(inputs.reduce(0) { $0 + $1.bytes.count } <= 300_000, "\(target.name)")
        }
    }
}

/// The corpus in the repository.
enum Corpus {
    private static let folder = String(#filePath.prefix(through: #filePath.lastIndex(of: "/")!)) + "../Corpus"

    static func folders() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }

    static func inputs(of target: FuzzTarget) throws -> [(file: String, bytes: [UInt8])] {
        let path = "\(folder)/\(target.name)"
        return try FileManager.default.contentsOfDirectory(atPath: path).sorted().map { file in
            (file, Array(try Data(contentsOf: URL(filePath: "\(path)/\(file)"))))
        }
    }

    static func check(_ input: [UInt8], _ target: FuzzTarget, _ origin: String) async throws {
        do {
            try await target.check(input)
        } catch {
            Issue.record("\(target.name), \(origin): \(error)")
        }
    }

    /// Mutates inputs, and says what the first one is for which something does not hold; nil when all is well.
    static func failure(
        of target: FuzzTarget,
        from inputs: [[UInt8]],
        rounds: Int,
        seed: UInt64
    ) async throws -> String? {
        var random = SplitMix64(seed: seed)
        for round in 0..<rounds {
            var input = inputs.randomElement(using: &random) ?? []
            ByteMutation.mutate(&input, for: target, &random)
            do {
                try await target.check(input)
            } catch {
                return "\(target.name), seed \(seed), round \(round): \(error)\n\(Data(input).base64EncodedString())"
            }
        }
        return nil
    }
}
