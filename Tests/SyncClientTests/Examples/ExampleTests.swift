import AgendaModel
import SyncClient
import SyncProtocol
import Testing

/// What other programs do with a replica, as the documentation of `SyncClient` shows it.
///
/// Every block of code in a documentation comment of that module stands here, line for line; `DocumentedExampleTests`
/// holds the two against each other.
@Suite("The examples of the documentation", .timeLimit(.minutes(10)))
struct ExampleTests {
    private let server: ExampleServer

    init() async throws { server = try await ExampleServer() }

    @Test("A replica is made, opened, recorded in, synced and read")
    func recording() async throws {
        try await server.run { url, invite, folder in
            let (made, size) = try await clone(url: url, invite: invite(), into: folder("een"))
            #expect(size > 0 && made.folder == folder("een"))
            made.close()
            try await sync(folder("een"))
            let projects = try read(folder("een"))
            #expect(projects.count == 1 && projects[0].contains(#""phase":"realisation""#))
        }
    }

    private func clone(url: String, invite: String, into folder: String) async throws -> (Replica, size: LogSize) {
        let (replica, summary) = try await Replica.clone(
            url: url,
            into: folder,
            invite: invite,
            memberName: "Jansje Voorbeeld",
            deviceName: "laptop 1"
        )
        print("\(replica.folder) has \(summary.size) entries, verified")
        return (replica, summary.size)
    }

    private func sync(_ folder: String) async throws {
        let replica = try Replica(opening: folder)
        defer { replica.close() }
        let theme = try replica.record(type: "theme.opened", data: #"{"title":"Voorbeeldthema"}"#)
        let project = try replica.record(
            type: "project.started",
            data: #"{"title":"Voorbeeldproject","theme":"\#(theme.subject)","phase":"idea"}"#
        )
        try replica.record(type: "project.advanced", subject: project.subject, data: #"{"phase":"realisation"}"#)
        for try await progress in replica.sync() {
            switch progress {
            case .pushing(let sent, let total): print("sent \(sent) of \(total)")
            case .pulling(let size, let total): print("received \(size) of \(total)")
            case .finished(let summary): print("\(summary.size) entries, verified; \(summary.refused) refused")
            default: break
            }
        }
    }

    private func read(_ folder: String) throws -> [String] {
        let replica = try Replica(opening: folder)
        defer { replica.close() }
        let status = try replica.status()
        print("\(status.size) entries; \(status.pending) events to send, \(status.refused) refused")
        #expect(status.isCaughtUp && status.conflicts == 0)
        for project in try replica.documents(kind: "project") {
            print(project.subject, project.document)
        }
        try takeBack(replica)
        for found in try replica.find("warmtenet noord") {
            print(found.subject, found.title)
        }
        #expect(try replica.find("voorbeeld").isEmpty == false)
        return try replica.documents(kind: "project").map(\.document)
    }

    private func takeBack(_ replica: Replica) throws {
        try replica.record(type: "theme.opened", data: #"{"title":"Vergissing"}"#)
        let undo = try replica.undoable()
        print("\(undo.events.count) events were never sent")
        try replica.undo(undo)
        #expect(try replica.find("vergissing").isEmpty)
    }

    @Test("A replica follows what others record")
    func following() async throws {
        try await server.run { url, invite, folder in
            let (replica, _) = try await clone(url: url, invite: invite(), into: folder("een"))
            let (other, _) = try await clone(url: url, invite: invite(), into: folder("twee"))
            async let recorded = record(in: other)
            try await follow(replica) { try replica.document(of: "theme/\(other.id)-1") != nil }
            try await recorded
        }
    }

    private func follow(_ replica: Replica, until isEnough: () throws -> Bool) async throws {
        for try await progress in replica.watch() {
            switch progress {
            case .following: print("up to date, and listening")
            case .waiting(let seconds, let reason): print("\(reason); the next attempt in \(seconds) seconds")
            case .finished(let summary): print("\(summary.pulled) entries came, \(summary.accepted) were sent")
            case .syncing: break
            }
            if try isEnough() { break }
        }
    }

    private func record(in replica: Replica) async throws {
        try replica.record(type: "theme.opened", data: #"{"title":"Voorbeeldthema"}"#)
        _ = try await replica.sync().finish()
    }

    @Test("Conflicts are read and settled, and what the server refused is recorded again")
    func conflicts() async throws {
        try await server.run { url, invite, folder in
            let (replica, _) = try await clone(url: url, invite: invite(), into: folder("een"))
            let (other, _) = try await clone(url: url, invite: invite(), into: folder("twee"))
            let theme = try replica.record(type: "theme.opened", data: #"{"title":"Een"}"#).subject
            _ = try await replica.sync().finish()
            _ = try await other.sync().finish()
            for (replica, title) in [(replica, "Twee"), (other, "Drie")] {
                try replica.record(type: "theme.revised", subject: theme, data: #"{"title":"\#(title)"}"#)
                _ = try await replica.sync().finish()
            }
            _ = try await replica.sync().finish()
            #expect(try replica.conflicts().map(\.path) == ["/title"])
            try settle(in: replica)
            #expect(try replica.conflicts().isEmpty)
            #expect(try retry(in: replica) == 0)
        }
    }

    private func settle(in replica: Replica) throws {
        for conflict in try replica.conflicts() {
            for value in conflict.values {
                print(value.number, value.value ?? "absent", "by", value.memberName ?? value.source)
            }
            try replica.settle(conflict.subject, paths: [conflict.path], .keep, expecting: [conflict.mark])
        }
    }

    private func retry(in replica: Replica) throws -> Int {
        for event in try replica.refused() {
            print("\(event.id): \(event.detail)")
        }
        let again = try replica.retryRefused()
        print("\(again.events.count) recorded again, \(again.kept.count) would be refused again")
        return again.events.count
    }

    @Test("An admin lets somebody in, gives them a role, and lets them go")
    func administration() async throws {
        try await server.run { url, invite, folder in
            let (replica, _) = try await clone(url: url, invite: invite(), into: folder("een"))
            try await administer(replica, url: url, folder: folder("twee"))
            #expect(try replica.members().filter { !$0.isActive }.count == 1)
        }
    }

    private func administer(_ replica: Replica, url: String, folder: String) async throws {
        let admin = replica.administration { progress in
            if case .outdated(let reason) = progress { print("what others have recorded is not here: \(reason)") }
        }
        let invite = try await admin.invite(.recorder)
        let (other, _) = try await clone(url: url, invite: invite.code, into: folder)
        let member = try other.settings.member
        try await admin.grant(.editor, to: member)
        try await admin.remove(member)
    }
}

extension Replica {
    /// What its device is called in the names of subjects.
    fileprivate var id: String {
        get throws { String(try settings.device.id) }
    }
}
