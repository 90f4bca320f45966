internal import AgendaModel
internal import EventLog
internal import Hummingbird
internal import Projections
internal import Snapshots
internal import SyncProtocol

extension SyncService {
    /// `GET /v1/agendas/<name>/state`: the documents, now or at an earlier size or moment.
    func state(_ request: ReaderRequest) async throws -> Response {
        let agenda = request.agenda
        let kind = try request.query.kind()
        let form = TableForm(request.request.headers[.accept])
        let wanted = StateQuery(
            kind: kind,
            after: request.query["after"],
            limit: try request.query.integer("limit", in: 1...StatePage.maximumCount) ?? 1000,
            personal: request.sender.personal,
            csv: form == .csv ? try Self.csv(of: kind, for: request.sender) : nil,
            coding: request.incoming.acceptedCoding
        )
        let size = try await size("at", request.query, of: agenda)
        return try await request.permits.withPermitUntilSent {
            let page: StatePage.Finished
            if let current = try await currentPage(of: request, size: size, wanted) {
                page = current
            } else {
                // Only a size that has been asked for, and that the read models have left behind, comes here.
                page = try await pastPage(of: request, size: size ?? .zero, wanted)
            }
            var response = response(page.content, as: form, of: page.size, to: request)
            if form == .csv { response.headers[.ambitNext] = page.next }
            return response
        }
    }

    /// What the sender may have as JSON or as CSV, of the state at a size.
    func response(
        _ content: CodedContent,
        as form: TableForm,
        of size: LogSize,
        to request: ReaderRequest
    ) -> Response {
        var response = Response(content, cache: request.sender.cache)
        response.headers[.contentType] = form.mediaType
        response.headers[.vary] = "Authorization, Accept, Accept-Encoding"
        response.headers[.ambitSize] = "\(size)"
        return response
    }

    private static func csv(of kind: String?, for reader: Reader) throws(ProblemDetails) -> DocumentCSV {
        guard let kind else {
            throw ProblemDetails(.badRequest, "`kind` is missing: a table of rows is of one kind of subjects.")
        }
        guard let csv = DocumentCSV(kind: kind, for: reader.seesPublicOnly ? .everybody : .members) else {
            throw ProblemDetails(.badRequest, "There is no table of the kind that `kind` asks for.")
        }
        return csv
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
                throw ProblemDetails.aheadOfLog("`\(name)` (\(size))", size: head)
            }
            return size
        case .moment(let moment):
            let store = agenda.store
            return try await work.run { min(try store.size(at: moment), head) }
        }
    }

    /// The page from the read models; nil when they do not stand at the size that is asked for.
    private func currentPage(
        of request: ReaderRequest,
        size: LogSize?,
        _ wanted: StateQuery
    ) async throws -> StatePage.Finished? {
        if let size, size < request.agenda.sequencer.head.size { return nil }
        let file = try await request.agenda.stateFile()
        // For a digest that is not known yet all documents are read.
        let isLong = request.agenda.sequencer.head.size.rawValue > ReadAmount.subjectsInMoments
        let takesLong = isLong && (wanted.hasDigest || wanted.limit > ReadAmount.subjectsInMoments)
        let client = request.permits.client
        let (page, read) = try await heavyWork.run(for: client, takesLong: takesLong) {
            () -> (StatePage.Finished?, ReadAmount) in
            // Computed here, it is kept in the file, and the snapshot below finds it there.
            if wanted.hasDigest { _ = try file.digest() }
            return try file.read(personal: wanted.personal) { view -> (StatePage.Finished?, ReadAmount) in
                if let size, size != view.size { return (nil, ReadAmount()) }
                var page = StatePage(size: view.size, digest: wanted.hasDigest ? try view.digest() : nil, wanted)
                try view.forEachDocument(kind: wanted.kind, after: wanted.after) { subject, document in
                    try page.append(subject, document)
                    return !page.isFull
                }
                return (page.finish(), view.amountRead)
            }
        }
        charge(read, to: request.sender)
        return page
    }

    /// Folds the log under a permit of its own, which is free again before the page is sent.
    private func pastPage(of request: ReaderRequest, size: LogSize, _ wanted: StateQuery) async throws
        -> StatePage.Finished
    {
        let client = request.permits.client
        return try await request.permits.withPermit(for: request.sender.historicalRead) {
            let past = try await pastStates.state(of: request.agenda.store, at: size, for: client)
            let digest = wanted.hasDigest ? try await pastStates.digest(of: past, for: client) : nil
            return try await heavyWork.run(for: client) {
                var page = StatePage(size: size, digest: digest, wanted)
                let prefix = wanted.kind.map { $0 + "/" } ?? ""
                for subject in past.subjects where subject.hasPrefix(prefix) && wanted.personal.shows(subject) {
                    if let after = wanted.after, !after.utf8.lexicographicallyPrecedes(subject.utf8) { continue }
                    guard let document = past.state.document(of: subject) else { continue }
                    try page.append(subject, wanted.personal.apply(to: document, of: subject))
                    if page.isFull { break }
                }
                return page.finish()
            }
        }
    }
}
