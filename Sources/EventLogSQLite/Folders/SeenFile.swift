package import EventLog
internal import Files
internal import Synchronization

/// `log.seen`: how much of a log its server has shown, in a small file beside the log's key.
///
/// The file belongs to the server and not to the log: it is in no backup, and is not put back with one.
package final class SeenFile: SeenRecord {
    private let path: String
    /// Kept open; the lock is held while a mark is read and written.
    private let file = Mutex<SharedFile?>(nil)

    package init(at path: String) { self.path = path }

    package func update(_ body: (SeenMark?) throws -> SeenMark?) throws {
        try file.withLock { file in
            try StorageFailure.translating {
                if file?.isInPlace != true {
                    file = nil
                    do {
                        file = try SharedFile(path, for: .changing)
                    } catch let error as FileError where error.code == .readOnly {
                        return try look(body, because: error)
                    }
                }
                if let file { return try Self.update(file, body) }
                // Nothing is made for somebody who only looks.
                guard let mark = try body(nil), let made = try SharedFile(path, for: .making) else { return }
                try Self.update(made) { $0 == nil ? mark : try body($0) }
                try FileOwner(of: Folder.path(containing: path))?.take(path)
                try Folder(containing: path).sync()
                file = made
            }
        }
    }

    package func sync() throws {
        try file.withLock { file in try StorageFailure.translating { try file?.sync() } }
    }

    /// Has the body look at the mark of a file that cannot be written now.
    ///
    /// - Throws: why it cannot, when the body wants to write.
    private func look(_ body: (SeenMark?) throws -> SeenMark?, because obstacle: FileError) throws {
        let mark = try SharedFile(path, for: .looking).flatMap { file in
            try file.locked { try SeenSlots(file.read(upTo: SeenSlots.length)).mark }
        }
        guard try body(mark) == nil else { throw obstacle }
    }

    private static func update(_ file: SharedFile, _ body: (SeenMark?) throws -> SeenMark?) throws {
        try file.locked {
            let found = try file.read(upTo: SeenSlots.length)
            var slots = SeenSlots(found)
            guard let mark = try body(slots.mark) else { return }
            // Into both, one after the other: a bit that flips in one of them takes nothing back.
            for _ in 0..<2 {
                let next = slots.next(mark, isPadded: found.count < SeenSlots.length)
                try file.write(next.bytes, at: next.offset)
                slots = next.slots
            }
        }
    }
}
