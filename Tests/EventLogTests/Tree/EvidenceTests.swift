import AgendaModel
import Testing

@testable import EventLog

@Suite("Evidence")
struct EvidenceTests {
    struct File: Decodable {
        struct Valid: Decodable, CustomTestStringConvertible {
            var name, file: String
            var entry: String?
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
    }

    static let file = Result { try Vectors.read("tiles/evidence.json", as: File.self) }
    static let key = Result { try VerifierKey(file.get().vkey) }

    @Test("Files that hold are read, verified, and written as they were", arguments: try file.get().valid)
    func valid(vector: File.Valid) throws {
        let evidence = try Evidence(Array(vector.file.utf8))
        #expect(evidence.text == vector.file)
        #expect(evidence.position == Position(vector.position))
        let entry = try #require(vector.entry.map { Base64.decode($0) } ?? evidence.extra)
        let checkpoint = try evidence.verify(entry: entry, by: Self.key.get())
        #expect(checkpoint.size == LogSize(vector.size))
    }

    @Test("Files that do not hold are refused for the right reason", arguments: try file.get().invalid)
    func invalid(vector: File.Invalid) throws {
        let error = #expect(throws: LogError.self) {
            let evidence = try Evidence(Array(vector.file.utf8))
            _ = try evidence.verify(entry: evidence.extra ?? [], by: Self.key.get())
        }
        let expected: [String: LogError.Code] = [
            "malformed": .malformed, "bad-signature": .badSignature, "corrupt": .corrupt,
        ]
        #expect(error?.code == expected[vector.because], "\(error?.message ?? "")")
    }

    @Test("A file cut off anywhere, or with any bit changed, shows nothing")
    func damage() throws {
        let file = try Self.file.get()
        let key = try Self.key.get()
        let whole = try #require(file.valid.first { $0.name == "self-contained" })
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
