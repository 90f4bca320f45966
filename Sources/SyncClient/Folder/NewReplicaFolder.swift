internal import EventLog
internal import EventLogSQLite
internal import Files
internal import FoundationEssentials
internal import LogClient
internal import SQLiteFiles

/// A folder in which a replica is being made; nobody else can make one there as long as this exists.
struct NewReplicaFolder {
    let lock: FolderLock
    private let files: ReplicaFolder
    /// What was not there before.
    private var made: [String]

    /// Makes the folder; one that is empty, or that an interrupted clone left without being enrolled, will do.
    ///
    /// - Throws: `folderNotEmpty`, `locked` while somebody else makes a replica there, or what cannot be written; then
    ///   nothing has changed.
    init(_ files: ReplicaFolder) throws(ReplicaError) {
        var made: [String] = []
        do {
            if !files.exists(files.path) {
                try Folder(files.path).makeWithParents()
                made = [files.path]
            }
            // Not even a lock is put into a folder that is somebody's.
            try Self.checkIsUnused(files)
            let hadLock = files.exists(files.lock)
            guard let lock = try FolderLock.hold(files.lock) else {
                throw ReplicaError(
                    .locked,
                    "another process is making a replica in \(files.path)",
                    nextStep: "wait for it, or give another folder"
                )
            }
            if !hadLock { made.append(files.lock) }
            // Whoever held it may be done.
            try Self.checkIsUnused(files)
            // Before an invite is spent: a path may be too long for a database, or its disk no place for one.
            try SQLiteLogStore.checkPlace("\(files.path)/\(Self.probe)")
            self.lock = lock
            self.files = files
            self.made = made
        } catch {
            Self.remove(made)
            throw ReplicaError(wrapping: error, doing: "making the folder \(files.path)")
        }
    }

    /// A name that is longer than any that a replica has.
    private static let probe = "state.sqlite.aside.probe"

    private static func checkIsUnused(_ files: ReplicaFolder) throws {
        let leftovers = ["device.key", "sync.lock"] + SideFiles.all(of: probe)
        // Secret files are written under a longer name first.
        let unfinished = ["device.key.", "enrolment.json."]
        let found = try FileManager.default.contentsOfDirectory(atPath: files.path).filter { name in
            !leftovers.contains(name) && !unfinished.contains { name.hasPrefix($0) }
        }
        guard found.isEmpty else {
            let isReplica = files.exists(files.log) || files.exists(files.enrolment)
            throw ReplicaError(
                .folderNotEmpty,
                "the folder \(files.path) \(isReplica ? "holds a replica already" : "is not empty")",
                nextStep: isReplica ? "run ambit sync in it, or give another folder" : "give another folder"
            )
        }
    }

    /// The device's key; made when there is none.
    mutating func deviceKey(random: (Int) -> [UInt8]) throws(ReplicaError) -> DeviceKey {
        do {
            if let key = try files.readDeviceKey() { return key }
            let key = try DeviceKey.make(random: random)
            try SecretFile.write(Base64.encode(key.seed) + "\n", at: files.deviceKey)
            made.append(files.deviceKey)
            return key
        } catch {
            throw ReplicaError(wrapping: error, doing: "making this laptop's key")
        }
    }

    /// Takes away what was made: the enrolment did not succeed.
    func withdraw() { Self.remove(made) }

    /// A folder stays when somebody has put something into it.
    private static func remove(_ made: [String]) {
        for path in made.reversed() { FileEntry(path).removeIfPossible() }
    }
}
