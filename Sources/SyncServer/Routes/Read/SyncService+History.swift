internal import AgendaModel
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import Projections
internal import SyncProtocol
internal import Wording

// What happened, for members: histories hold names, and say who did what when, so they take a token everywhere.

extension SyncService {
    /// The most events, or subjects, in a page, and how many are meant when `limit` is missing.
    private static let greatestEvents = 1000
    private static let usualEvents = 100
    /// A page ends after the item with which it becomes longer than this, in bytes.
    private static let greatestPageLength = 4 << 20
    /// A history in more segments than these takes a place among those who read the past.
    private static let segmentsOfShortHistory = 64

    /// `GET /agendas/<name>/subjects/<kind>/<id>/history`: what happened to a subject, page by page.
    func history(of subject: String, _ request: Request, in agenda: HostedAgenda) async throws -> Response {
        let caller = try Visibility.caller(of: request, in: agenda, for: .read)
        let query = try QueryParameters(request.uri.query, known: ["after", "limit"])
        let after = try query.integer("after", in: 0...DecimalNumber.greatest) ?? 0
        let limit = try query.integer("limit", in: 1...Self.greatestEvents) ?? Self.usualEvents
        let localizer = Localizer(Language(accepting: request.headers[.acceptLanguage]))
        let place = try admission.enter(.read, for: caller.holder)
        defer { _ = place }
        let file = try await agenda.stateFile()
        let store = agenda.store
        let json = try await work.run { [admission] in
            try file.read { view -> [UInt8]? in
                guard after <= view.size.rawValue else {
                    throw ProblemDetails.aheadOfLog("`after` (\(after))", size: view.size.rawValue)
                }
                guard try view.exists(subject) else { return nil }
                let isLong = try view.segmentCount(mentioning: subject) > Self.segmentsOfShortHistory
                let place = isLong ? try admission.enter(.historicalRead, for: caller.holder) : nil
                defer { _ = place }
                return try Self.history(of: subject, view, store, after: LogSize(after), limit: limit, localizer)
            }
        }
        guard let json else { throw ProblemDetails(.notFound, "The agenda has no subject of this name.") }
        return .localized(json: json, for: request, in: localizer.language)
    }

    private static func history(
        of subject: String,
        _ view: StateView,
        _ log: any LogReader,
        after: LogSize,
        limit: Int,
        _ localizer: Localizer
    ) throws -> [UInt8] {
        var json = JSONWriter(capacity: 16 * 1024)
        json.beginObject()
        json.member("subject", subject)
        json.member("size", view.size.rawValue)
        json.name("events")
        json.beginArray()
        var count = 0
        var next: Position?
        try view.forEachEvent(about: subject, in: log, after: after) { event in
            guard count < limit, json.bytes.count < greatestPageLength else {
                next = event.position
                return false
            }
            count += 1
            json.event(event, localizer)
            return true
        }
        json.endArray()
        if let next { json.member("next", next.rawValue) }
        json.endObject()
        return json.bytes
    }

    /// `GET /agendas/<name>/subjects/<kind>/<id>/blame`: who set each field, now or earlier.
    func blame(_ subject: String, _ request: Request, in agenda: HostedAgenda) async throws -> Response {
        let caller = try Visibility.caller(of: request, in: agenda, for: .read)
        let query = try QueryParameters(request.uri.query, known: ["at"])
        let size = try await size("at", query, of: agenda)
        let isPast = size.map { $0 < agenda.sequencer.head.size } ?? false
        let place = try admission.enter(isPast ? .historicalRead : .read, for: caller.holder)
        defer { _ = place }
        let store = agenda.store
        let found: (Blame, LogSize)?
        if isPast, let size {
            found = try await work.run { [pastStates] in
                let state = try pastStates.state(of: store, at: size).state
                guard state.contains(subject) else { return nil }
                return (try Blame(of: subject, state.registers(of: subject), in: store, Naming(state)), size)
            }
        } else {
            let file = try await agenda.stateFile()
            found = try await work.run {
                try file.read { view in
                    guard try view.exists(subject) else { return nil }
                    return (try Blame(of: subject, view.registers(of: subject), in: store, view.naming), view.size)
                }
            }
        }
        guard let (blame, at) = found else {
            throw ProblemDetails(.notFound, "The agenda has no subject of this name.")
        }
        var json = JSONWriter(capacity: 4096)
        json.beginObject()
        json.member("subject", subject)
        json.member("size", at.rawValue)
        json.fields(blame)
        json.endObject()
        return .negotiated(json: json.bytes, for: request)
    }

    /// `GET /agendas/<name>/diff`: what differs between two states, page by page.
    func diff(_ request: Request, of agenda: HostedAgenda) async throws -> Response {
        let caller = try Visibility.caller(of: request, in: agenda, for: .read)
        let query = try QueryParameters(request.uri.query, known: ["from", "to", "kind", "after", "limit"])
        let kind = query["kind"]
        if let kind, Catalogue.current.kind(named: kind) == nil {
            throw ProblemDetails(.badRequest, "The catalogue has no such kind as `kind` asks for.")
        }
        let after = query["after"]
        let limit = try query.integer("limit", in: 1...Self.greatestEvents) ?? Self.usualEvents
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
        let localizer = Localizer(Language(accepting: request.headers[.acceptLanguage]))
        let place = try admission.enter(.historicalRead, for: caller.holder)
        defer { _ = place }
        let store = agenda.store
        let json = try await work.run { [pastStates] in
            let before = try pastStates.state(of: store, at: from).state
            let later = try pastStates.state(of: store, at: to)
            let prefix = kind.map { $0 + "/" } ?? ""
            let subjects = later.subjects.lazy.filter { subject in
                subject.hasPrefix(prefix) && (after.map { $0.utf8.lexicographicallyPrecedes(subject.utf8) } ?? true)
            }
            return try Self.page(of: subjects, from: before, to: later.state, limit: limit, localizer)
        }
        return .localized(json: json, for: request, in: localizer.language)
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
        json.member("from", before.size.rawValue)
        json.member("to", after.size.rawValue)
        json.name("subjects")
        json.beginArray()
        var count = 0
        var last = ""
        var hasMore = false
        for subject in subjects {
            guard let difference = try SubjectDifference(of: subject, from: before, to: after) else { continue }
            guard count < limit, json.bytes.count < greatestPageLength else {
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

extension Response {
    /// An answer in JSON that has words in it.
    fileprivate static func localized(json: [UInt8], for request: Request, in language: Language) -> Response {
        var response = Response.negotiated(json: json, for: request)
        response.headers[.contentLanguage] = language.rawValue
        response.headers[.vary] = "Authorization, Accept-Encoding, Accept-Language"
        return response
    }
}
