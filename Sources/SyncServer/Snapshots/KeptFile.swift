internal import EventLog
internal import Files
internal import Snapshots

/// A finished file of a snapshot.
struct KeptFile: Hashable, Sendable {
    let set: SnapshotSet
    let file: SnapshotFile
    /// SHA-256, hexadecimal.
    let hash: String
    /// In bytes.
    let length: Int

    /// What it is called among the files of its snapshot: its hash is known without reading it.
    var name: String { "\(set.rawValue)-\(hash)-\(file.name)" }

    /// The hash in base64, as headers have it.
    var digest: String {
        let digits = Array(hash)
        return Base64.encode(
            stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
        )
    }

    init(_ file: SnapshotFile, for set: SnapshotSet, hash: String, length: Int) {
        self.file = file
        self.set = set
        self.hash = hash
        self.length = length
    }

    /// nil for what is no such file.
    ///
    /// - Parameters:
    ///   - name: as `name` gives it.
    ///   - folder: where it is.
    init?(_ name: String, in folder: String) {
        let parts = name.split(separator: "-", maxSplits: 2)
        guard parts.count == 3, let set = SnapshotSet(rawValue: String(parts[0])), parts[1].count == 64,
            let file = SnapshotFile(rawValue: String(parts[2])), let length = FileEntry("\(folder)/\(name)").size
        else { return nil }
        self.init(file, for: set, hash: String(parts[1]), length: length)
    }
}
