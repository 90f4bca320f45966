internal import AgendaModel
internal import EventLog
internal import Hummingbird
internal import Projections
internal import SyncProtocol

extension SyncService {
    /// The most conflicts in a page, and how many are meant when `limit` is missing.
    private static let maximumConflicts = 1000

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
            let coding = request.incoming.acceptedCoding
            let content = try await heavyWork.run(for: request.permits.client) {
                // One snapshot for the whole page, and for the size that it says it is of.
                let json = try file.read { view in
                    try Self.page(of: view, kind: kind, subject: subject, after: after, limit: limit)
                }
                return CodedContent(json, coding)
            }
            return Response(content)
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
        var last = after
        var count = 0
        var hasMore = false
        // Of one subject, the kind is known.
        if subject.map({ $0.hasPrefix(kind.map { $0 + "/" } ?? "") }) ?? true {
            try view.forEachConflict(kind: subject == nil ? kind : nil, subject: subject, after: after) { conflict in
                guard count < limit, json.bytes.count < Response.maximumPage else {
                    hasMore = true
                    return false
                }
                json.conflict(conflict)
                last = ConflictPlace(subject: conflict.subject, path: conflict.register.path)
                count += 1
                return true
            }
        }
        json.endArray()
        if hasMore, let last { json.member("next", last.text) }
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
