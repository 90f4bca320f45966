internal import AgendaModel

// For who looks at a folder without opening it.
extension Replica {
    /// Whether a folder has a token that can be used, as far as that can be told without its server.
    package static func hasToken(in folder: String) -> Bool { (try? ReplicaFolder(folder).readToken()) != nil }

    /// Whether a folder has a device's key that can be used.
    package static func hasDeviceKey(in folder: String) -> Bool { (try? ReplicaFolder(folder).readDeviceKey()) != nil }
}
