package import EventLogTesting

/// A reader of untrusted bytes, with what must hold of it for whatever bytes it is given.
package struct FuzzTarget: Sendable {
    /// Names the target's folder in the corpus.
    package let name: String
    /// Inputs to start from, most of them valid.
    package let seeds: @Sendable () async throws -> [[UInt8]]
    /// Reads the input; throws `BrokenProperty` when something does not hold.
    package let check: @Sendable (_ input: [UInt8]) async throws -> Void
    /// Changes an input in the terms of its format; nil where changing bytes is as good.
    package let reshape: Reshape?

    /// - Parameters:
    ///   - input: to be changed.
    ///   - random: decides how.
    ///   - mutate: changes bytes without knowing what they mean.
    package typealias Reshape =
        @Sendable (
            _ input: inout [UInt8],
            _ random: inout SplitMix64,
            _ mutate: (inout [UInt8]) -> Void
        ) -> Void

    package init(
        name: String,
        seeds: @escaping @Sendable () async throws -> [[UInt8]],
        reshape: Reshape? = nil,
        check: @escaping @Sendable (_ input: [UInt8]) async throws -> Void
    ) {
        self.name = name
        self.seeds = seeds
        self.reshape = reshape
        self.check = check
    }

    /// Every target; each has a folder of its name in the corpus.
    package static let all: [FuzzTarget] = [
        event, push, gzip, members, note, verdicts, query, address, moment, accept, json, importFile, messages,
        evidence, submission, tile, bundle,
    ]
}

/// Something that should hold of a reader does not hold for an input.
package struct BrokenProperty: Error, CustomStringConvertible {
    package let description: String
}

/// Throws `BrokenProperty` unless the condition holds.
func require(_ condition: @autoclosure () throws -> Bool, _ what: @autoclosure () -> String) throws {
    guard try condition() else { throw BrokenProperty(description: what()) }
}

extension [UInt8] {
    /// A number that follows from the bytes: for choices that belong to an input without being part of it.
    var fingerprint: UInt64 { reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 } }

    /// The bytes in pieces whose lengths follow from the bytes.
    func cut() -> [[UInt8]] {
        var random = SplitMix64(seed: fingerprint)
        var pieces: [[UInt8]] = []
        var rest = self[...]
        let longest = [1, 7, 64, 1024].randomElement(using: &random) ?? 1
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...longest, using: &random))
            pieces.append(Array(piece))
            rest = rest.dropFirst(piece.count)
        }
        return pieces
    }
}
