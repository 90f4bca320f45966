internal import AgendaModel
internal import EventLog
internal import Hummingbird
internal import Projections
internal import SyncProtocol

/// What a page of a state is to hold.
private struct StateQuery: Sendable {
    var kind: String?
    var after: String?
    var limit: Int
    var personal: PersonalFields.Treatment
    /// Who asks.
    var holder: Admission.Holder

    /// Whether the page has the digest of the whole state.
    ///
    /// Only the first one, because it may have to be computed. It is made of everything: those who may not see everything
    /// could try their guesses on it.
    var hasDigest: Bool { after == nil && personal == .included }
}

/// One page of a state: documents in the order of their subjects, for one size of the log.
private struct StatePage: Sendable {
    /// The most documents in a page.
    static let greatestCount = 10_000
    private let limit: Int
    private var json = JSONWriter(capacity: 64 * 1024)
    private var count = 0
    private var last: String?
    private(set) var isFull = false

    /// - Parameters:
    ///   - size: for which size of the log the page holds.
    ///   - digest: of the whole state at that size.
    ///   - wanted: what the page is of.
    init(size: LogSize, digest: Hash?, _ wanted: StateQuery) {
        limit = wanted.limit
        json.beginObject()
        json.member("size", size.rawValue)
        if let digest { json.member("digest", digest.description) }
        if let kind = wanted.kind { json.member("kind", kind) }
        json.name("documents")
        json.beginArray()
    }

    /// Appends a document; when the page has no room for it, says so by `isFull` and leaves it out.
    mutating func append(_ subject: String, _ document: [UInt8]) {
        guard count < limit, json.bytes.count < Response.greatestPage else {
            isFull = true
            return
        }
        count += 1
        last = subject
        json.beginObject()
        json.member("subject", subject)
        json.name("document")
        json.raw(document)
        json.endObject()
    }

    consuming func finish() -> [UInt8] {
        json.endArray()
        if isFull, let last { json.member("next", last) }
        json.endObject()
        return json.bytes
    }
}

extension SyncService {
    /// `GET /agendas/<name>/state`: the documents, now or at an earlier size or moment.
    func state(_ request: Request, of agenda: HostedAgenda, by address: String) async throws -> Response {
        let reader = try Visibility.reader(of: request, in: agenda, for: .folded, from: address)
        let query = try QueryParameters(request.uri.query, known: Self.stateParameters)
        let kind = query["kind"]
        if let kind, Catalogue.current.kind(named: kind) == nil {
            throw ProblemDetails(.badRequest, "The catalogue has no such kind as `kind` asks for.")
        }
        let wanted = StateQuery(
            kind: kind,
            after: query["after"],
            limit: try query.integer("limit", in: 1...StatePage.greatestCount) ?? 1000,
            personal: reader.personal,
            holder: reader.holder
        )
        let size = try await size("at", query, of: agenda)
        let place = try admission.enter(.read, for: reader.holder)
        if let page = try await currentPage(of: agenda, size: size, wanted) {
            return .negotiated(json: page, for: request, cache: reader.cache, holding: place)
        }
        // Only a size that has been asked for, and that the read models have left behind, comes here.
        let past = try await pastPage(of: agenda, size: size ?? .zero, wanted)
        return .negotiated(json: past, for: request, cache: reader.cache, holding: place)
    }

    static let stateParameters: Set<String> = ["at", "kind", "after", "limit"]

    /// The size that a parameter stands for; nil when it is absent.
    func size(_ name: String, _ query: QueryParameters, of agenda: HostedAgenda) async throws -> LogSize? {
        guard let text = query[name] else { return nil }
        guard let reference = StateReference(text) else {
            throw ProblemDetails(
                .invalidRange,
                "`\(name)` must be a number of entries, a moment such as 2026-03-01T12:00:00Z, or a date such as 2026-03-01."
            )
        }
        let head = agenda.sequencer.head.size
        switch reference {
        case .size(let size):
            guard size <= head else {
                throw ProblemDetails.aheadOfLog("`\(name)` (\(size.rawValue))", size: head.rawValue)
            }
            return size
        case .moment(let moment):
            let store = agenda.store
            return try await work.run { min(try store.size(at: moment), head) }
        }
    }

    /// The page from the read models; nil when they do not stand at the size that is asked for.
    private func currentPage(
        of agenda: HostedAgenda,
        size: LogSize?,
        _ wanted: StateQuery
    ) async throws -> [UInt8]? {
        if let size, size < agenda.sequencer.head.size { return nil }
        return try await agenda.read { file, current in
            if let size, size != current { return nil }
            var page = StatePage(size: current, digest: wanted.hasDigest ? try file.digest() : nil, wanted)
            try file.read(personal: wanted.personal) { view in
                try view.forEachDocument(kind: wanted.kind, after: wanted.after) { subject, document in
                    page.append(subject, document)
                    return !page.isFull
                }
            }
            return page.finish()
        }
    }

    /// Folds the log under a place of its own, which is free again before the page is sent.
    private func pastPage(of agenda: HostedAgenda, size: LogSize, _ wanted: StateQuery) async throws -> [UInt8] {
        let place = try admission.enter(
            wanted.personal == .included ? .historicalRead : .publicHistoricalRead,
            for: wanted.holder
        )
        defer { _ = place }
        let store = agenda.store
        return try await work.run { [pastStates] in
            let past = try pastStates.state(of: store, at: size)
            var page = StatePage(
                size: size,
                digest: wanted.hasDigest ? pastStates.digest(of: past) : nil,
                wanted
            )
            let prefix = wanted.kind.map { $0 + "/" } ?? ""
            for subject in past.subjects where subject.hasPrefix(prefix) && wanted.personal.shows(subject) {
                if let after = wanted.after, !after.utf8.lexicographicallyPrecedes(subject.utf8) { continue }
                guard let document = past.state.document(of: subject) else { continue }
                page.append(subject, wanted.personal.apply(to: document, of: subject))
                if page.isFull { break }
            }
            return page.finish()
        }
    }
}
