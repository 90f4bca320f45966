import AgendaModel
import Foundation
import Testing

/// The files of `Protocol/`, found from this one.
enum Vectors {
    static let protocolFolder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Protocol")

    static func read<Value: Decodable>(_ path: String, as type: Value.Type) -> Value {
        let url = protocolFolder.appending(path: "Vectors").appending(path: path)
        do {
            return try JSONDecoder().decode(type, from: Data(contentsOf: url))
        } catch {
            fatalError("\(url.path): \(error)")
        }
    }
}

struct ValidEvent: Decodable, CustomTestStringConvertible {
    var name: String
    var line: String
    var references: [String]
    var testDescription: String { name }
    static let all = Vectors.read("events/valid.json", as: [Self].self)
}

struct InvalidEvent: Decodable, CustomTestStringConvertible {
    var name: String
    var line: String?
    var base64: Data?
    var code: String
    var mentions: String
    var bytes: [UInt8] { base64.map(Array.init) ?? Array((line ?? "").utf8) }
    var testDescription: String { name }
    static let all = Vectors.read("events/invalid.json", as: [Self].self)
}

struct FoldVector: Decodable, CustomTestStringConvertible {
    struct Conflict: Decodable, Hashable {
        var subject: String
        var path: String
        var values: [String?]
    }
    var name: String
    var entries: [String]
    var documents: [String: String]
    var conflicts: [Conflict]
    var testDescription: String { name }
    static let all = Vectors.read("fold/logs.json", as: [Self].self)
}

struct DigestVector: Decodable, CustomTestStringConvertible {
    var name: String
    var entries: [String]
    var input: String
    var testDescription: String { name }
    static let all = Vectors.read("digest/digests.json", as: [Self].self)
}

struct ErasureVectors: Decodable {
    struct Tombstone: Decodable, CustomTestStringConvertible {
        var name: String
        var entry: String
        var redaction: Int
        var leaf: String
        var tombstone: String
        var testDescription: String { name }
    }
    struct Invalid: Decodable, CustomTestStringConvertible {
        var name: String
        var line: String
        var testDescription: String { name }
    }
    struct Erased: Decodable {
        var position: Int
        var redaction: Int
    }
    struct Log: Decodable, CustomTestStringConvertible {
        struct Conflict: Decodable, Hashable {
            var subject: String
            var path: String
        }
        var name: String
        var entries: [String]
        var erased: [Erased]
        var after: [String]
        var documents: [String: String]
        var erasedPaths: [String: [String]]
        var conflicts: [Conflict]
        var testDescription: String { name }
    }
    var tombstones: [Tombstone]
    var invalid: [Invalid]
    var logs: [Log]
    static let all = Vectors.read("erasure/entries.json", as: Self.self)
}

struct ValueVector: Decodable, CustomTestStringConvertible {
    var json: String
    var canonical: String
    var testDescription: String { json }
    static let all = Vectors.read("digest/values.json", as: [Self].self)
}
