import AgendaModel
import ArgumentParser
import EventLog
import EventLogSQLite
import SyncClient

/// A command of an admin: on a server's data folder when one is named, else from a replica over HTTP.
protocol AdministrationCommand: AsyncParsableCommand, JSONCapable {
    associatedtype Answer: Encodable

    /// Where the agenda is.
    var place: AdministrationPlace { get }

    func run(on agenda: ServedAgenda) async throws -> Answer
    func run(on replica: Replica) async throws -> Answer

    /// Says the answer to a person.
    func show(_ answer: Answer)

    /// What to say where nobody gets the answer; nil for one that can be asked for again.
    func loss(of answer: Answer) -> String?
}

extension AdministrationCommand {
    func loss(of answer: Answer) -> String? { nil }

    func run() async throws {
        let answer = try await answer()
        if output.json { try Output.json(answer, losing: loss(of: answer)) } else { show(answer) }
    }

    private func answer() async throws -> Answer {
        guard let data = place.log.data, let name = place.log.agenda else {
            let replica = try Replica(opening: place.log.folder)
            defer { replica.close() }
            return try await run(on: replica)
        }
        let served = try ServerData(folder: data, store: place.log.store.address())
        let opened = try served.open(name)
        defer { try? opened.close() }
        do {
            let seen = served.folder.devicesSeen(of: name)
            let agenda = ServedAgenda(opened, devicesSeen: seen, acceptsClock: place.clock.acceptClock)
            return try await run(on: agenda)
        } catch let error as AdministrationError {
            throw Failure(error, inAgenda: name)
        }
    }
}
