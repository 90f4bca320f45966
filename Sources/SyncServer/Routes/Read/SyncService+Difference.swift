internal import AgendaModel
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import Projections
internal import SyncProtocol
internal import Wording

extension SyncService {
    /// `GET /v1/agendas/<name>/diff`: what differs between two states, page by page.
    func difference(_ request: MemberRequest) async throws -> Response {
        let (agenda, query) = (request.agenda, request.query)
        let kind = try query.kind()
        let after = query["after"]
        let limit = try query.integer("limit", in: 1...HistoryPage.maximumCount) ?? HistoryPage.usualCount
        guard let from = try await size("from", query, of: agenda) else {
            throw ProblemDetails(.badRequest, "`from` is missing: the size, moment or date of the earlier state.")
        }
        let to = try await size("to", query, of: agenda) ?? agenda.sequencer.head.size
        guard from <= to else {
            throw ProblemDetails(
                .invalidRange,
                "`from` (\(from.rawValue) entries) is a later state than `to` (\(to.rawValue))."
            )
        }
        let localizer = Localizer(Language(accepting: request.request.headers[.acceptLanguage]))
        let (client, coding) = (request.permits.client, request.incoming.acceptedCoding)
        return try await request.permits.withPermitUntilSent {
            let content: CodedContent = try await request.permits.withPermit(for: .historicalRead) {
                let before = try await pastStates.state(of: agenda.store, at: from, for: client).state
                let later = try await pastStates.state(of: agenda.store, at: to, for: client)
                return try await heavyWork.run(for: client, takesLong: true) {
                    let prefix = kind.map { $0 + "/" } ?? ""
                    let subjects = later.subjects.lazy.filter { subject in
                        subject.hasPrefix(prefix)
                            && (after.map { $0.utf8.lexicographicallyPrecedes(subject.utf8) } ?? true)
                    }
                    let json = try Self.page(of: subjects, from: before, to: later.state, limit: limit, localizer)
                    return CodedContent(json, coding)
                }
            }
            return Response(content, in: localizer.language)
        }
    }

    private static func page(
        of subjects: some Sequence<String>,
        from before: State,
        to after: State,
        limit: Int,
        _ localizer: Localizer
    ) throws -> [UInt8] {
        var json = JSONWriter(capacity: 16 * 1024)
        json.beginObject()
        json.member("from", before.size)
        json.member("to", after.size)
        json.name("subjects")
        json.beginArray()
        var count = 0
        var last = ""
        var hasMore = false
        for subject in subjects {
            guard let difference = try SubjectDifference(of: subject, from: before, to: after) else { continue }
            guard count < limit, json.bytes.count < HistoryPage.maximumLength else {
                hasMore = true
                break
            }
            count += 1
            last = subject
            json.difference(difference, localizer)
        }
        json.endArray()
        if hasMore { json.member("next", last) }
        json.endObject()
        return json.bytes
    }
}
