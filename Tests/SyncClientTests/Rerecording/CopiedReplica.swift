import AgendaModel
import Deflate
import EventLog
import Foundation
import LogClient
import SyncClient
import SyncProtocol
import SyncTesting

/// A replica whose folder is copied, in an agenda whose milestones are called after the projects that they belong to.
struct CopiedReplica {
    let agenda: TestAgenda
    let first: Replica
    let second: Replica

    /// - Parameter before: what happens to the replica before it is copied.
    /// - Throws: what that throws, or the cloning.
    init(_ before: (Replica) throws -> Void = { _ in }) async throws {
        agenda = try TestAgenda()
        let replica = try await agenda.clone("laptop")
        try before(replica)
        first = replica
        second = try agenda.copy(of: replica, as: "kopie")
    }
}

extension TestAgenda {
    /// The folder as it is, copied file by file.
    func copy(of replica: Replica, as name: String) throws -> Replica {
        let path = folder.file(name)
        try FileManager.default.copyItem(atPath: replica.folder, toPath: path)
        return try Replica(opening: path, environment: clock.environment)
    }

    /// What the replica has not sent, sent by a client that does not keep a log.
    func pushWithoutSize(_ replica: Replica) async throws {
        let token = try String(contentsOfFile: replica.folder + "/token", encoding: .utf8)
        _ = try await server.send(
            TransportRequest(
                method: "POST",
                path: "/events",
                headers: ["Authorization": "Bearer \(token.prefix { $0 != "\n" })"],
                body: Array(try replica.pending().map { $0.line + "\n" }.joined().utf8)
            )
        )
    }

    /// The titles of milestones that hang on another project than the one that they are called after.
    func misplacedMilestones(in replica: Replica) throws -> [String] {
        try misplacedMilestones { kind in try replica.documents(kind: kind).map { ($0.subject, $0.document) } }
    }

    /// The same in what the server has, which no replica may want to take.
    func misplacedMilestonesOnServer() throws -> [String] {
        var state = State()
        for entry in server.log().entries { try entry.withUnsafeBufferPointer { _ = try state.fold(entry: $0) } }
        return try misplacedMilestones { kind in
            state.subjects.filter { $0.hasPrefix("\(kind)/") }.map { subject in
                (subject, String(decoding: state.document(of: subject) ?? [], as: UTF8.self))
            }
        }
    }

    private func misplacedMilestones(
        _ documents: (_ kind: String) throws -> [(subject: String, document: String)]
    ) throws -> [String] {
        let titles = Dictionary(
            uniqueKeysWithValues: try documents("project").map { project in
                (project.subject, try JSONValue(parsing: project.document)["title"]?.text ?? "")
            }
        )
        return try documents("milestone").compactMap { milestone in
            let document = try JSONValue(parsing: milestone.document)
            let title = document["title"]?.text ?? ""
            return titles[document["project"]?.text ?? ""] == title ? nil : title
        }
    }
}

extension Replica {
    /// Records a project, and a milestone of the same name.
    @discardableResult
    func plan(_ title: String) throws -> String {
        let project = try record(type: "project.started", data: #"{"title":"\#(title)"}"#).subject
        try record(
            type: "milestone.planned",
            data: #"{"project":"\#(project)","title":"\#(title)","due":"2027-01-01"}"#
        )
        return project
    }

    var titles: [String] {
        get throws {
            try documents(kind: "project").map { try JSONValue(parsing: $0.document)["title"]?.text ?? "" }.sorted()
        }
    }
}
