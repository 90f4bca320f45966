import AgendaModel
import EventLogTesting
import Testing

@testable import EventLog

@Suite("Checkpoints")
struct CheckpointTests {
    struct File: Decodable {
        struct Note: Decodable, CustomTestStringConvertible {
            var name, note: String
            var size: Int?
            var root, error: String?
            var testDescription: String { name }
        }
        struct BadKey: Decodable, CustomTestStringConvertible {
            var name, vkey, error: String
            var testDescription: String { name }
        }
        struct Pair: Decodable { var seed, vkey, note: String }
        var seed, vkey: String
        var entries: [String]
        var valid, invalid: [Note]
        var plusInKey: Pair
        var invalidKeys: [BadKey]
    }

    static let file = Result { try Vectors.read("checkpoints/notes.json", as: File.self) }

    @Test("The log's key signs the note of the vectors, byte for byte")
    func signing() throws {
        let file = try Self.file.get()
        let origin = try VerifierKey(file.vkey).name
        let key = try LogKey(origin: origin, seed: [UInt8](hexadecimal: file.seed))
        #expect(key.verifier.description == file.vkey)
        #expect(key.seed == [UInt8](hexadecimal: file.seed))
        var edge = TreeEdge()
        for entry in file.entries { edge.append(leaf: Array(entry.utf8).lend { Merkle.leaf($0) }) }
        let signed = key.sign(size: edge.size, root: edge.root)
        #expect(signed.note == file.valid[0].note)
        #expect(try key.verifier.verify(signed.note) == signed)
    }

    @Test("Valid notes give their checkpoint", arguments: try file.get().valid)
    func valid(note: File.Note) throws {
        let key = try VerifierKey(try Self.file.get().vkey)
        let signed = try key.verify(note.note)
        #expect(signed.checkpoint.origin == key.name)
        #expect(signed.checkpoint.size.rawValue == note.size)
        #expect(signed.checkpoint.root.description == note.root)
        #expect(signed.note == note.note)
    }

    @Test("Every other note is refused for the right reason", arguments: try file.get().invalid)
    func invalid(note: File.Note) throws {
        let key = try VerifierKey(try Self.file.get().vkey)
        let error = #expect(throws: LogError.self) { try key.verify(note.note) }
        #expect(error?.code.rawValue == note.error, "\(String(describing: error))")
    }

    @Test("Any changed byte of a note is noticed")
    func flips() throws {
        let file = try Self.file.get()
        let key = try VerifierKey(file.vkey)
        let bytes = Array(file.valid[0].note.utf8)
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            let note = String(decoding: changed, as: UTF8.self)
            #expect(throws: LogError.self, "byte \(index)") { try key.verify(note) }
        }
    }

    @Test("A verifier key whose base64 has a plus sign is read")
    func plus() throws {
        let pair = try Self.file.get().plusInKey
        let key = try VerifierKey(pair.vkey)
        #expect(key.description == pair.vkey)
        #expect(try key.verify(pair.note).checkpoint.size == .zero)
    }

    @Test("What is no verifier key is refused", arguments: try file.get().invalidKeys)
    func badKeys(key: File.BadKey) throws {
        let error = #expect(throws: LogError.self) { try VerifierKey(key.vkey) }
        #expect(error?.code.rawValue == key.error, "\(String(describing: error))")
    }

    @Test("A log key needs a name and 32 bytes")
    func badSeeds() {
        #expect(throws: LogError.self) { try LogKey(origin: "a", seed: [1, 2, 3]) }
        for origin in ["", "a b", "a+b", "a\n", "a\u{A0}b"] {
            #expect(throws: LogError.self) { try LogKey(origin: origin, seed: Array(0..<32)) }
            #expect(!LogKey.isOrigin(origin))
        }
        #expect(LogKey.isOrigin("log.voorbeeld.nl/agendas/assen"))
        #expect(LogKey.generate(origin: "a").seed != LogKey.generate(origin: "a").seed)
    }

    @Test("A device's signature holds for its message and key alone")
    func deviceKey() throws {
        let key = try DeviceKey(seed: Array(1...32))
        let message = Array("bericht".utf8)
        let signature = key.sign(message)
        #expect(DeviceKey.isValid(signature, of: message, by: key.publicKey))
        #expect(!DeviceKey.isValid(signature, of: message + [0], by: key.publicKey))
        #expect(!DeviceKey.isValid(signature, of: message, by: DeviceKey.generate().publicKey))
        #expect(!DeviceKey.isValid(signature, of: message, by: [1, 2, 3]))
        #expect(!DeviceKey.isValid([], of: message, by: key.publicKey))
        #expect(throws: LogError.self) { try DeviceKey(seed: []) }
    }
}
