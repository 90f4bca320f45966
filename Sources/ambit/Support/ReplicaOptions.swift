import ArgumentParser
import Foundation
import SyncClient

/// Which replica to work in.
struct ReplicaOptions: ParsableArguments {
    @Option(name: .customShort("C"), help: .told("Work in this replica folder.", valueName: "dir"))
    var named: String?
}

extension ReplicaOptions {
    /// The named one; else see `UsualReplica`.
    ///
    /// - Throws: as `UsualReplica.folder`.
    var folder: String { get throws { try named ?? UsualReplica.folder } }

    /// Where a replica can be made: the named folder, or the usual one; nil where there is something already.
    ///
    /// - Throws: as `UsualReplica.folder`.
    var newFolder: String? {
        get throws {
            let folder = try named ?? UsualReplica.home
            guard try named != nil || !UsualReplica.isReplica(UsualReplica.folder) else { return nil }
            let found = try? FileManager.default.contentsOfDirectory(atPath: folder)
            if found == nil { return FileManager.default.fileExists(atPath: folder) ? nil : folder }
            return found?.isEmpty == true ? folder : nil
        }
    }

    /// Opens the replica that the command works in.
    func open() throws -> Replica {
        try Replica(opening: folder)
    }
}
