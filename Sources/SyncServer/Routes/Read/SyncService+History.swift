internal import AgendaModel
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import Projections
internal import SyncProtocol
internal import Wording

extension SyncService {
    /// A history in more segments than these takes a permit among those who read the past.
    private static let segmentsOfShortHistory = 64
    /// One in more than these takes long: each is inflated and read whole.
    private static let segmentsOfMoments = 4

    /// `GET /v1/agendas/<name>/subjects/<kind>/<id>/history`: what happened to a subject, page by page.
    func history(_ request: MemberRequest) async throws -> Response {
        let (agenda, subject) = (request.agenda, request.path.subject)
        let after = try request.query.integer("after", in: 0...DecimalNumber.maximum) ?? 0
        let limit = try request.query.integer("limit", in: 1...HistoryPage.maximumCount) ?? HistoryPage.usualCount
        let localizer = Localizer(Language(accepting: request.request.headers[.acceptLanguage]))
        return try await request.permits.withPermitUntilSent {
            let file = try await agenda.stateFile()
            let store = agenda.store
            let (client, coding) = (request.permits.client, request.incoming.acceptedCoding)
            let segments = try await heavyWork.run(for: client) {
                try file.read { try $0.segmentCount(mentioning: subject) }
            }
            let isShort = segments <= Self.segmentsOfShortHistory
            let permit = isShort ? nil : try await request.permits.turn(for: .historicalRead)
            defer { permit?.release() }
            let takesLong = segments > Self.segmentsOfMoments
            let content = try await heavyWork.run(for: client, takesLong: takesLong) {
                try file.read { view -> CodedContent? in
                    guard after <= view.size.rawValue else {
                        throw ProblemDetails.aheadOfLog("`after` (\(after))", size: view.size)
                    }
                    guard try view.exists(subject) else { return nil }
                    let start = LogSize(after)
                    let json = try Self.history(of: subject, in: view, store, after: start, limit: limit, localizer)
                    return CodedContent(json, coding)
                }
            }
            guard let content else { throw ProblemDetails(.notFound, "The agenda has no subject of this name.") }
            return Response(content, in: localizer.language)
        }
    }

    private static func history(
        of subject: String,
        in view: StateView,
        _ log: any LogReader,
        after: LogSize,
        limit: Int,
        _ localizer: Localizer
    ) throws -> [UInt8] {
        var json = JSONWriter(capacity: 16 * 1024)
        json.beginObject()
        json.member("subject", subject)
        json.member("size", view.size)
        json.name("events")
        json.beginArray()
        var count = 0
        var next: Position?
        try view.forEachEvent(about: subject, in: log, after: after) { event in
            guard count < limit, json.bytes.count < HistoryPage.maximumLength else {
                next = event.position
                return false
            }
            count += 1
            json.event(event, localizer)
            return true
        }
        json.endArray()
        if let next { json.member("next", next) }
        json.endObject()
        return json.bytes
    }
}

extension Response {
    /// An answer in JSON that has words in it.
    init(_ content: CodedContent, in language: Language) {
        self.init(content)
        headers[.contentLanguage] = language.rawValue
        headers[.vary] = "Authorization, Accept-Encoding, Accept-Language"
    }
}
