internal import Deflate
internal import EventLog
internal import Projections

/// Writes a zip archive piece by piece: the same bytes for the same contents, at any time.
///
/// Source: APPNOTE.TXT 6.3.10 of PKWARE. Lengths and checksums follow each file's bytes, since they are not known before.
/// There is no Zip64: no file has more than 4 GiB. One task uses it.
final class ZipWriter {
    /// What became of a file that was added.
    struct File: Hashable {
        var name: String
        var length: Int
        var hash: Hash
    }

    private struct Entry {
        var name: [UInt8]
        var offset: Int
        var crc = CRC32()
        var length = 0
        var deflatedLength = 0
    }

    private let write: Export.Writer
    private var offset = 0
    private var entries: [Entry] = []
    private var hasher = Hasher256()
    /// What waits to be deflated together.
    private var waiting: [UInt8] = []

    /// - Parameter write: takes the archive's next bytes.
    init(to write: @escaping Export.Writer) { self.write = write }

    /// Adds a file of which the bytes are given piece by piece.
    ///
    /// - Parameters:
    ///   - name: with `/` between folders.
    ///   - body: gives the bytes to the function that it is given.
    /// - Returns: what the file is.
    /// - Throws: `ProjectionError` with `tooLarge`, and what the body and the writer throw.
    func add(_ name: String, _ body: (_ add: ([UInt8]) throws -> Void) throws -> Void) throws -> File {
        try begin(name)
        try body(append)
        return try end()
    }

    func begin(_ name: String) throws {
        entries.append(Entry(name: Array(name.utf8), offset: offset))
        hasher = Hasher256()
        let entry = entries[entries.count - 1]
        try put(Self.word(0x0403_4B50) + Self.common(crc: 0, 0, 0, name: entry.name) + entry.name)
    }

    func append(_ bytes: [UInt8]) throws {
        let last = entries.count - 1
        bytes.withUnsafeBufferPointer { bytes in
            hasher.update(bytes)
            entries[last].crc.update(bytes)
        }
        entries[last].length += bytes.count
        guard entries[last].length <= Self.maximumLength else { throw Self.tooLarge }
        waiting += bytes
        if waiting.count >= Self.blockLength { try deflate() }
    }

    func end() throws -> File {
        try deflate()
        try put(deflated: [].withUnsafeBufferPointer(Deflate.finalRun))
        let entry = entries[entries.count - 1]
        try put(
            Self.word(0x0807_4B50) + Self.word(entry.crc.rawValue) + Self.word(UInt32(entry.deflatedLength))
                + Self.word(UInt32(entry.length))
        )
        return File(name: String(decoding: entry.name, as: UTF8.self), length: entry.length, hash: hasher.finish())
    }

    /// Writes the directory; nothing may be added after it.
    func finish() throws {
        let start = offset
        for entry in entries {
            guard entry.offset <= Self.maximumLength else { throw Self.tooLarge }
            var header = Self.word(0x0201_4B50) + Self.half(Self.version)
            header += Self.common(
                crc: entry.crc.rawValue,
                UInt32(entry.deflatedLength),
                UInt32(entry.length),
                name: entry.name
            )
            // No comment, on the first disk, no attributes.
            header += [UInt8](repeating: 0, count: 10) + Self.word(UInt32(entry.offset)) + entry.name
            try put(header)
        }
        guard offset <= Self.maximumLength else { throw Self.tooLarge }
        let count = Self.half(UInt16(entries.count))
        try put(
            Self.word(0x0605_4B50) + Self.word(0) + count + count + Self.word(UInt32(offset - start))
                + Self.word(UInt32(start)) + Self.half(0)
        )
    }

    private func deflate() throws {
        guard !waiting.isEmpty else { return }
        let run = waiting.withUnsafeBufferPointer(Deflate.run)
        waiting.removeAll(keepingCapacity: true)
        try put(deflated: run)
    }

    private func put(deflated bytes: [UInt8]) throws {
        entries[entries.count - 1].deflatedLength += bytes.count
        try put(bytes)
    }

    private func put(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBufferPointer(write)
        offset += bytes.count
    }

    /// The fields that both headers of a file have: deflated, name in UTF-8, lengths behind the bytes, on 1 January 1980.
    private static func common(crc: UInt32, _ deflated: UInt32, _ length: UInt32, name: [UInt8]) -> [UInt8] {
        half(version) + half(0x0808) + half(8) + half(0) + half(0x0021) + word(crc) + word(deflated) + word(length)
            + half(UInt16(name.count)) + half(0)
    }

    private static func half(_ value: UInt16) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }
    private static func word(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }

    private static let version: UInt16 = 20
    private static let maximumLength = Int(UInt32.max)
    private static let blockLength = 1 << 20
    private static let tooLarge = ProjectionError(
        .tooLarge,
        "a zip archive holds no file of more than 4 GiB; take tables.sqlite instead"
    )
}
