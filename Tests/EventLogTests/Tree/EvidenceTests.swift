import AgendaModel
import Testing

@testable import EventLog

@Suite("Evidence")
struct EvidenceTests {
    struct File: Decodable {
        struct Valid: Decodable, CustomTestStringConvertible {
            var name, file: String
            var entry, device: String?
            var position, size: Int
            var testDescription: String { name }
        }
        struct Invalid: Decodable, CustomTestStringConvertible {
            var name, because, file: String
            var testDescription: String { name }
        }
        var vkey: String
        var valid: [Valid]
        var invalid: [Invalid]
        func key() throws -> VerifierKey { try VerifierKey(vkey) }
    }

    static let files = ["tiles/evidence.json", "authorship/evidence.json"].map { name in
        Result { try Vectors.read(name, as: File.self) }
    }

    private static func vectors<Vector>(_ part: KeyPath<File, [Vector]>) throws -> [(VerifierKey, Vector)] {
        try files.map { try $0.get() }.flatMap { file in
            try file[keyPath: part].map { (try file.key(), $0) }
        }
    }

    @Test("Files that hold are read, verified, and written as they were", arguments: try vectors(\.valid))
    func valid(key: VerifierKey, vector: File.Valid) throws {
        let evidence = try Evidence(Array(vector.file.utf8))
        #expect(evidence.text == vector.file)
        #expect(evidence.position == Position(vector.position))
        let entry = try #require(vector.entry.map { Base64.decode($0) } ?? evidence.extra)
        let checkpoint = try evidence.verify(entry: entry, by: key)
        #expect(checkpoint.size == LogSize(vector.size))
        #expect((evidence.authorship != nil) == (vector.device != nil))
        let device = try evidence.authorship?.verify(entry: entry, by: checkpoint)
        #expect(device?.rawValue == vector.device)
    }

    @Test("Files that do not hold are refused for the right reason", arguments: try vectors(\.invalid))
    func invalid(key: VerifierKey, vector: File.Invalid) throws {
        let error = #expect(throws: LogError.self) {
            let evidence = try Evidence(Array(vector.file.utf8))
            _ = try evidence.verify(entry: evidence.extra ?? [], by: key)
        }
        let expected: [String: LogError.Code] = [
            "malformed": .malformed, "bad-signature": .badSignature, "corrupt": .corrupt,
        ]
        #expect(error?.code == expected[vector.because], "\(error?.message ?? "")")
    }

    @Test(
        "A file cut off anywhere, or with any bit changed, shows nothing",
        arguments: ["self-contained", "the second of them"]
    )
    func damage(name: String) throws {
        let (key, whole) = try #require(Self.vectors(\.valid).first { $0.1.name == name })
        let bytes = Array(whole.file.utf8)
        func holds(_ bytes: [UInt8]) -> Bool {
            guard let evidence = try? Evidence(bytes), let entry = evidence.extra else { return false }
            return (try? evidence.verify(entry: entry, by: key)) != nil
        }
        #expect(holds(bytes))
        for length in bytes.indices { #expect(!holds(Array(bytes[..<length])), "cut after \(length) bytes") }
        for index in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << UInt8(bit)
                #expect(!holds(changed), "bit \(bit) of byte \(index)")
            }
        }
        #expect(!holds(bytes + [0x0A]))
        #expect(throws: LogError.self) { try Evidence([UInt8](repeating: 0x41, count: Evidence.maximumLength + 1)) }
    }
}
