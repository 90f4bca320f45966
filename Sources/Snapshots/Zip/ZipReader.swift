internal import Deflate

/// Reads the files of a zip archive that is in memory, within bounds.
///
/// Takes what spreadsheets and archive programs write: stored and deflated files, no encryption, no Zip64, one disk.
struct ZipReader {
    private struct Entry {
        var method: Int
        var crc: UInt32
        var deflatedLength: Int
        var length: Int
        var offset: Int
    }

    private let bytes: [UInt8]
    private var entries: [String: Entry] = [:]
    /// The names of the files, in the order of the archive's directory.
    private(set) var names: [String] = []

    /// Whether bytes begin as an archive does.
    static func isZip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) }

    /// - Throws: `TableFileError`: `unreadable`, or `tooLarge` for more files, or longer ones, than are read.
    init(_ bytes: [UInt8]) throws(TableFileError) {
        self.bytes = bytes
        guard let end = Self.endOfDirectory(bytes), let count = Self.number(bytes, at: end + 10, width: 2),
            let start = Self.number(bytes, at: end + 16, width: 4)
        else { throw Self.unreadable("it has no directory, so it may have been cut off") }
        guard count <= Self.maximumCount else {
            throw TableFileError(.tooLarge, "the archive has more than \(Self.maximumCount) files")
        }
        var (place, total) = (start, 0)
        for _ in 0..<count {
            guard Self.number(bytes, at: place, width: 4) == 0x0201_4B50,
                let flags = Self.number(bytes, at: place + 8, width: 2),
                let method = Self.number(bytes, at: place + 10, width: 2),
                let crc = Self.number(bytes, at: place + 16, width: 4),
                let deflated = Self.number(bytes, at: place + 20, width: 4),
                let length = Self.number(bytes, at: place + 24, width: 4),
                let nameLength = Self.number(bytes, at: place + 28, width: 2),
                let extra = Self.number(bytes, at: place + 30, width: 2),
                let comment = Self.number(bytes, at: place + 32, width: 2),
                let offset = Self.number(bytes, at: place + 42, width: 4),
                place + 46 + nameLength <= bytes.count
            else { throw Self.unreadable("its directory is damaged") }
            guard flags & 1 == 0 else { throw Self.unreadable("it is encrypted; save it without a password") }
            total += length
            guard total <= Self.maximumLength else {
                throw TableFileError(.tooLarge, "the archive holds more than \(Self.maximumLength >> 20) MiB")
            }
            let name = String(decoding: bytes[place + 46..<place + 46 + nameLength], as: UTF8.self)
            guard entries[name] == nil else { throw Self.unreadable("it has the file \(name) twice") }
            entries[name] = Entry(
                method: method,
                crc: UInt32(crc),
                deflatedLength: deflated,
                length: length,
                offset: offset
            )
            names.append(name)
            place += 46 + nameLength + extra + comment
        }
    }

    /// The bytes of a file; nil when there is none with the name.
    ///
    /// - Throws: `TableFileError` with `unreadable` for a file that is damaged.
    func contents(of name: String) throws(TableFileError) -> [UInt8]? {
        guard let entry = entries[name] else { return nil }
        let damaged = Self.unreadable("its file \(name) is damaged")
        // What is deflated a thousandfold is no table.
        guard entry.length <= 1 << 20 || entry.length / 1_000 <= entry.deflatedLength else {
            throw TableFileError(.tooLarge, "the file \(name) in the archive is out of all proportion")
        }
        guard Self.number(bytes, at: entry.offset, width: 4) == 0x0403_4B50,
            let name = Self.number(bytes, at: entry.offset + 26, width: 2),
            let extra = Self.number(bytes, at: entry.offset + 28, width: 2)
        else { throw damaged }
        let start = entry.offset + 30 + name + extra
        guard start + entry.deflatedLength <= bytes.count else { throw damaged }
        let deflated = bytes[start..<start + entry.deflatedLength]
        let contents: [UInt8]
        switch entry.method {
        case 0: contents = Array(deflated)
        case 8:
            guard
                let inflated = try? deflated.withUnsafeBufferPointer({
                    try Deflate.inflate(stream: $0, length: entry.length)
                })
            else { throw damaged }
            contents = inflated
        default: throw Self.unreadable("its file is packed in a way that is not known here; save it anew")
        }
        guard contents.count == entry.length, contents.withUnsafeBufferPointer({ CRC32(of: $0).rawValue }) == entry.crc
        else { throw damaged }
        return contents
    }

    /// Behind it there is a comment at most.
    private static func endOfDirectory(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 22 else { return nil }
        let last = bytes.count - 22
        return (max(0, last - 65_535)...last).reversed().first { number(bytes, at: $0, width: 4) == 0x0605_4B50 }
    }

    private static func number(_ bytes: [UInt8], at place: Int, width: Int) -> Int? {
        guard place >= 0, place + width <= bytes.count else { return nil }
        return (0..<width).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }

    private static func unreadable(_ why: String) -> TableFileError {
        TableFileError(.unreadable, "the file cannot be read: \(why)")
    }

    private static let maximumCount = 1_000
    /// In bytes, of all files together.
    private static let maximumLength = 512 << 20
}
