internal import AgendaModel
internal import EventLog
internal import Hummingbird
internal import Projections
internal import SyncProtocol

extension SyncService {
    /// `GET /agendas/<name>/state`: the documents, now or at an earlier size or moment.
    func state(_ request: ReaderRequest) async throws -> Response {
        let agenda = request.agenda
        let wanted = StateQuery(
            kind: try request.query.kind(),
            after: request.query["after"],
            limit: try request.query.integer("limit", in: 1...StatePage.maximumCount) ?? 1000,
            personal: request.sender.personal
        )
        let size = try await size("at", request.query, of: agenda)
        return try await request.permits.withPermitUntilSent {
            let page: [UInt8]
            if let current = try await currentPage(of: agenda, size: size, wanted) {
                page = current
            } else {
                // Only a size that has been asked for, and that the read models have left behind, comes here.
                page = try await pastPage(of: request, size: size ?? .zero, wanted)
            }
            return .negotiated(json: page, for: request.request, cache: request.sender.cache)
        }
    }

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
                throw ProblemDetails.aheadOfLog("`\(name)` (\(size))", size: head.rawValue)
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

    /// Folds the log under a permit of its own, which is free again before the page is sent.
    private func pastPage(of request: ReaderRequest, size: LogSize, _ wanted: StateQuery) async throws -> [UInt8] {
        try await request.permits.withPermit(for: request.sender.historicalRead) {
            let past = try await pastStates.state(of: request.agenda.store, at: size)
            let digest = wanted.hasDigest ? try await pastStates.digest(of: past) : nil
            return try await work.run {
                var page = StatePage(size: size, digest: digest, wanted)
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
}
