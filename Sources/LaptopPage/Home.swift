internal import AgendaModel
internal import Foundation
internal import SyncClient
internal import Synchronization

/// What is served: a replica, or a folder in which one is to be made.
final class Home: Sendable {
    /// Of the replica, once there is one.
    let folder: String
    let environment: RuntimeEnvironment
    let timeZone: TimeZone
    private let base: String
    private let token: String
    private let opened: Mutex<Desk?>

    init(_ place: LaptopServer.Place, environment: RuntimeEnvironment, timeZone: TimeZone, base: String, token: String)
    {
        self.environment = environment
        self.timeZone = timeZone
        self.base = base
        self.token = token
        opened = Mutex(nil)
        switch place {
        case .replica(let replica):
            folder = replica.folder
            open(replica)
        case .newReplica(let folder): self.folder = folder
        }
    }

    /// nil while there is no replica.
    var desk: Desk? { opened.withLock { $0 } }

    /// Takes a replica into use; closes it where there is one already.
    func open(_ replica: Replica) {
        let sync = BackgroundSync(replica)
        let desk = Desk(replica, sync, environment: environment, timeZone: timeZone, base: base, token: token)
        let isFirst = opened.withLock { opened in
            guard opened == nil else { return false }
            opened = desk
            return true
        }
        if !isFirst { replica.close() }
    }

    /// Ends what goes on beside the pages, and closes the replica.
    func end() async {
        guard let desk else { return }
        await desk.sync.end()
        desk.replica.close()
    }
}
