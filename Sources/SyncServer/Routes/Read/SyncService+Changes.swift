internal import AgendaModel
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import Projections
internal import SyncProtocol

extension SyncService {
    /// `GET /v1/agendas/<name>/changes`: the subjects that changed since a size, with their documents.
    func changes(_ request: ReaderRequest) async throws -> Response {
        let agenda = request.agenda
        let kind = try request.query.kind()
        let limit = try request.query.integer("limit", in: 1...Self.maximumChanges) ?? Self.maximumChanges
        let wantsDigest = request.query["digest"] ?? "true"
        guard ["true", "false"].contains(wantsDigest) else {
            throw ProblemDetails(.badRequest, "The query parameter `digest` must be `true` or `false`.")
        }
        guard let since = request.query["since"] else {
            throw ProblemDetails(.badRequest, "`since` is missing: the size that you know, 0 for none.")
        }
        guard let cursor = ChangesCursor(since) else {
            throw ProblemDetails(
                .invalidRange,
                "`since` must be a number of entries, or the `next` of the page before."
            )
        }
        let head = agenda.sequencer.head.size
        guard max(cursor.since, cursor.size ?? .zero) <= head else {
            throw ProblemDetails.aheadOfLog("`since` (\(since))", size: head)
        }
        return try await request.permits.withPermitUntilSent {
            var wanted = WantedChanges(
                cursor: cursor,
                kind: kind,
                limit: limit,
                coding: request.incoming.acceptedCoding
            )
            // It is made of everything: those who may not see everything could try their guesses on it.
            wanted.hasDigest = wantsDigest == "true" && !request.sender.seesPublicOnly
            let page: ChangesPage
            if let current = try await currentChanges(of: request, wanted) {
                page = current
            } else {
                page = try await pastChanges(of: request, at: cursor.size ?? head, wanted)
            }
            var response = Response(page.content, cache: request.sender.cache)
            response.headers[.contentType] = ProtocolConstants.ndjson
            response.headers[.ambitSize] = "\(page.size)"
            return response
        }
    }

    /// The page of the state that the read models have; nil where another one is asked for.
    private func currentChanges(of request: ReaderRequest, _ wanted: WantedChanges) async throws -> ChangesPage? {
        let (agenda, permits) = (request.agenda, request.permits)
        let head = agenda.sequencer.head.size
        if let size = wanted.cursor.size, size < head { return nil }
        let file = try await agenda.stateFile()
        let store = agenda.store
        let hasMany = head.rawValue - min(wanted.cursor.since, head).rawValue > Self.entriesOfFewChanges
        // For a digest that is not known yet all documents are read.
        let takesLong = hasMany || wanted.hasDigest && head.rawValue > ReadAmount.subjectsInMoments
        let permit = hasMany ? try await permits.turn(for: request.sender.historicalRead) : nil
        defer { permit?.release() }
        return try await heavyWork.run(for: permits.client, takesLong: takesLong) {
            try file.read(personal: request.sender.personal) { view in
                if let size = wanted.cursor.size, size != view.size { return nil }
                guard wanted.cursor.since <= view.size else { return nil }
                return try ChangesPage(
                    wanted,
                    of: store,
                    at: view.size,
                    document: view.document,
                    digest: { try file.digest() }
                )
            }
        }
    }

    private func pastChanges(
        of request: ReaderRequest,
        at size: LogSize,
        _ wanted: WantedChanges
    ) async throws -> ChangesPage {
        let store = request.agenda.store
        return try await request.permits.withPermit(for: request.sender.historicalRead) {
            let client = request.permits.client
            let past = try await pastStates.state(of: store, at: size, for: client)
            let digest = wanted.hasDigest ? try await pastStates.digest(of: past, for: client) : nil
            let personal = request.sender.personal
            return try await heavyWork.run(for: client, takesLong: true) {
                try ChangesPage(
                    wanted,
                    of: store,
                    at: size,
                    document: { subject in
                        guard personal.shows(subject) else { return nil }
                        return try past.state.document(of: subject).map { try personal.apply(to: $0, of: subject) }
                    },
                    digest: { digest }
                )
            }
        }
    }

    private static let maximumChanges = 10_000
    /// Reading more entries than this takes a permit among those who read the past.
    private static let entriesOfFewChanges = 1 << 10
}

/// What somebody wants to know of what changed.
private struct WantedChanges: Sendable {
    var cursor: ChangesCursor
    var kind: String?
    var limit: Int
    /// How the page may be compressed.
    var coding: ContentCoding
    /// Whether the end mark has the digest of the state; which, after a commit, takes reading all of it.
    var hasDigest = true
}

/// A page of what changed.
private struct ChangesPage: Sendable {
    let content: CodedContent
    /// Of the state that the documents are of.
    let size: LogSize

    /// - Parameters:
    ///   - wanted: what is asked for.
    ///   - log: where the entries are.
    ///   - size: of the state.
    ///   - document: a subject's, there; nil for one that is not shown.
    ///   - digest: of the state; asked for at its end.
    /// - Throws: what the log and the bodies throw.
    init(
        _ wanted: WantedChanges,
        of log: any LogReader,
        at size: LogSize,
        document: (String) throws -> [UInt8]?,
        digest: () throws -> Hash?
    ) throws {
        self.size = size
        let lines = try Self.lines(wanted, of: log, at: size, document: document, digest: digest)
        content = CodedContent(lines, wanted.coding)
    }

    private static func lines(
        _ wanted: WantedChanges,
        of log: any LogReader,
        at size: LogSize,
        document: (String) throws -> [UInt8]?,
        digest: () throws -> Hash?
    ) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var count = wanted.cursor.count
        let end = count + wanted.limit
        var last: Position?
        let prefix = wanted.kind.map { $0 + "/" } ?? ""
        for change in try ChangedSubjects(in: log, wanted.cursor.since.positions(upTo: size)).changes
        where change.subject.hasPrefix(prefix) {
            guard let document = try document(change.subject) else { continue }
            // Subjects that share a position stay together: the next page begins behind a position.
            if let last, change.position > last, count >= end || bytes.count > maximumLength {
                let next = ChangesCursor(since: LogSize(through: last), size: size, count: count)
                bytes += ChangeLines.more("\(next)")
                return bytes
            }
            bytes += ChangeLines.line(change, document)
            count += 1
            last = change.position
        }
        bytes += ChangeLines.end(at: size, digest: wanted.hasDigest ? try digest() : nil, count: count)
        return bytes
    }

    /// A page ends with the line after which it is longer, in bytes.
    private static let maximumLength = 4 << 20
}
