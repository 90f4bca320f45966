internal import AgendaModel
internal import EventLog
internal import Hummingbird
internal import Projections
internal import SyncProtocol

extension SyncService {
    /// The most conflicts in a page, and how many are meant when `limit` is missing.
    private static let maximumConflicts = 1000
    /// How many conflicts are read from the state file at once.
    private static let conflictsReadAtOnce = 200

    /// `GET /v1/agendas/<name>/conflicts`: the registers with different values that did not know of each other, in pages.
    func conflicts(_ request: MemberRequest) async throws -> Response {
        let query = request.query
        let kind = try query.kind()
        let subject = query["subject"]
        let after = query["after"].flatMap { ConflictPlace($0) }
        guard after != nil || query["after"] == nil else {
            throw ProblemDetails(.badRequest, "`after` must be the `next` of an earlier page.")
        }
        let limit = try query.integer("limit", in: 1...Self.maximumConflicts) ?? Self.maximumConflicts
        return try await request.permits.withPermitUntilSent {
            let file = try await request.agenda.stateFile()
            let json = try await heavyWork.run(for: request.permits.client) {
                // One snapshot for the whole page, and for the size that it says it is of.
                try file.read { view in
                    try Self.page(of: view, kind: kind, subject: subject, after: after, limit: limit)
                }
            }
            return try await negotiated(json, for: request.request, of: request.permits.client)
        }
    }

    private static func page(
        of view: StateView,
        kind: String?,
        subject: String?,
        after: ConflictPlace?,
        limit: Int
    ) throws -> [UInt8] {
        var json = JSONWriter(capacity: 4096)
        json.beginObject()
        json.member("size", view.size)
        json.name("conflicts")
        json.beginArray()
        var cursor = after
        var count = 0
        // Of one subject, the kind is known.
        var hasMore = subject.map { $0.hasPrefix(kind.map { $0 + "/" } ?? "") } ?? true
        while hasMore, count < limit, json.bytes.count < Response.maximumPage {
            // One more than will be written, to know whether there is more.
            let wanted = min(limit - count, conflictsReadAtOnce)
            let found = try view.conflictPage(
                kind: subject == nil ? kind : nil,
                subject: subject,
                after: cursor,
                limit: wanted + 1
            )
            hasMore = found.count > wanted
            for conflict in found.prefix(wanted) {
                guard json.bytes.count < Response.maximumPage else {
                    hasMore = true
                    break
                }
                json.conflict(conflict)
                cursor = ConflictPlace(subject: conflict.subject, path: conflict.register.path)
                count += 1
            }
        }
        json.endArray()
        if hasMore, let cursor { json.member("next", cursor.text) }
        json.endObject()
        return json.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func conflict(_ conflict: Conflict) {
        beginObject()
        member("subject", conflict.subject)
        member("path", conflict.register.path)
        heads(of: conflict.register)
        endObject()
    }
}
