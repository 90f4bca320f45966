package import EventLog

/// Where a server finds its agendas.
///
/// Asked again for names that it did not have before, so that agendas may appear while the server runs.
package protocol AgendaSource: Sendable {
    /// The names of all agendas that there are now, in any order.
    func names() throws -> [String]

    /// Opens an agenda for the only server that may write to it; nil when there is none of that name.
    ///
    /// The name has been checked by `AgendaName.isValid`: it is safe as the name of a folder.
    func open(_ name: String) throws -> OpenedAgenda?
}

/// An agenda's data, opened.
package struct OpenedAgenda: Sendable {
    /// The log.
    package var store: any LogStore
    /// What signs the log's checkpoints.
    package var key: LogKey
    /// Where the read models are kept; made anew when they are missing.
    package var statePath: String
    /// Called once, after the last use of the store.
    package var close: @Sendable () throws -> Void

    package init(
        store: any LogStore,
        key: LogKey,
        statePath: String,
        close: @escaping @Sendable () throws -> Void = {}
    ) {
        self.store = store
        self.key = key
        self.statePath = statePath
        self.close = close
    }
}

/// The grammar of agendas' names: they are part of paths, on the wire and on disk.
package enum AgendaName {
    /// 1 to 63 characters of a-z, 0-9 and `-`; the first and the last are not `-`.
    package static func isValid(_ name: String) -> Bool {
        let bytes = name.utf8
        guard (1...63).contains(bytes.count), bytes.first != UInt8(ascii: "-"), bytes.last != UInt8(ascii: "-") else {
            return false
        }
        return bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
    }
}
