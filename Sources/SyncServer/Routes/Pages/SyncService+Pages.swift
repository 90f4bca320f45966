internal import AgendaModel
internal import AgendaPages
internal import EventLog
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Projections
internal import Snapshots
internal import SyncProtocol
internal import Wording

extension SyncService {
    /// `GET /agendas/<name>` and below: the pages of an agenda that is open to everybody, for reading.
    ///
    /// An agenda that is not open answers as one that does not exist.
    func page(_ request: VisitorRequest) async throws -> Response {
        let incoming = request.incoming
        // The requests of all others are counted for their address.
        if case .device(let caller) = request.sender { try rates.take(.read, of: caller.name) }
        let name = incoming.path["agenda"]
        let path = incoming.path.page.map { $0.split(separator: "/").map(String.init) } ?? []
        let visit = visit(to: path, of: name, request)
        if path.count == 2, path[0] == "assets", let asset = contents.asset(named: path[1]) {
            return Self.asset(asset, for: incoming.request)
        }
        do {
            return try await page(at: path, of: registry.agenda(name), visit, request)
        } catch {
            guard let problem = ProblemDetails(reporting: error), problem.status ?? 500 >= 500 else {
                if (error as? ProblemDetails)?.problem == .notFound { return Self.missing(visit) }
                throw error
            }
            if !(error is ProblemDetails) { log.error("A page cannot be made", metadata: ["error": "\(error)"]) }
            return Self.unavailable(problem, visit)
        }
    }

    private func page(
        at path: [String],
        of agenda: HostedAgenda,
        _ visit: PageVisit,
        _ request: VisitorRequest
    ) async throws -> Response {
        guard await agenda.opens(.folded) else { return Self.missing(visit) }
        return try await request.permits.withPermitUntilSent {
            let size = agenda.sequencer.head.size
            var at: LogSize?
            if let text = request.query["at"], !text.isEmpty {
                switch try await moment(meaning: text, of: agenda, visit) {
                case .size(let meant) where meant > size: return Self.missing(visit)
                case .size(let meant): at = meant
                case .fault(let words): return Self.failed(words, visit)
                }
            }
            // A page says which day it is today, and what is overdue then; another version may say it in another way.
            let tag = EntityTag("\(size).\(visit.localizer.language.rawValue).\(visit.today).\(Software.version)")
            if tag.matches(request.incoming.request.headers[.ifNoneMatch]) {
                var headers = Self.safety
                headers[.eTag] = tag.text
                headers[.cacheControl] = CachePolicy.shared.rawValue
                headers[.vary] = Self.vary
                return Response(withoutContent: .notModified, headers: headers)
            }
            let query = Self.query(request.query)
            let html =
                if let at, at < size {
                    try await pastPage(at: path, query: query, of: agenda, size: at, visit, request)
                } else {
                    try await presentPage(at: path, query: query, of: agenda, visit, request)
                }
            guard let html else { return Self.missing(visit) }
            return Self.html(html, tag: tag)
        }
    }

    private func presentPage(
        at path: [String],
        query: [String: String],
        of agenda: HostedAgenda,
        _ visit: PageVisit,
        _ request: VisitorRequest
    ) async throws -> String? {
        let file = try await agenda.stateFile()
        let cache = facts(of: agenda.name)
        let proofs = Self.proofs(of: agenda)
        let store = agenda.store
        let client = request.permits.client
        let isLong = try await readsMuch(at: path, query: query, of: agenda, file)
        let takesLong = isLong || slowVisitors.has(client)
        let (html, read) = try await heavyWork.run(for: client, takesLong: takesLong) { [slowVisitors] in
            try file.read(personal: .leftOut) { view -> (String?, ReadAmount) in
                // Read here after a commit alone; then it is nobody's own.
                let facts = try cache.facts(FactsCache.Key(size: view.size), of: view, in: store)
                let (begun, before) = (SlowVisitors.timeOfThread(), view.amountRead)
                // Whoever has searched goes on with pages that take moments.
                defer { if !isLong { slowVisitors.note(SlowVisitors.timeOfThread() - begun, for: client) } }
                var visit = visit
                visit.files = Self.files(of: agenda, at: "latest")
                let reader = AgendaReader(view, facts: facts, visit: visit, happenings: nil, proofs: proofs)
                let html = try AgendaPages(reader).page(at: path, query)
                return (html, view.amountRead.since(before))
            }
        }
        charge(read, to: request.sender)
        return html
    }

    /// Whether making a page takes long, as far as that is known before.
    ///
    /// The facts that say so are read once for all who ask meanwhile: it takes every document. Whoever waits for its turn
    /// then does not keep them.
    private func readsMuch(
        at path: [String],
        query: [String: String],
        of agenda: HostedAgenda,
        _ file: StateFile
    ) async throws -> Bool {
        let (cache, store) = (facts(of: agenda.name), agenda.store)
        let known = try await readingFacts.value(for: agenda.name) { [heavyWork] in
            try await heavyWork.run(for: agenda.name.rawValue, isForVisitors: true) {
                try file.read(personal: .leftOut) { try cache.facts(FactsCache.Key(size: $0.size), of: $0, in: store) }
            }
        }
        return AgendaPages.takesLong(at: path, query, knowing: known)
    }

    private func pastPage(
        at path: [String],
        query: [String: String],
        of agenda: HostedAgenda,
        size: LogSize,
        _ visit: PageVisit,
        _ request: VisitorRequest
    ) async throws -> String? {
        try await request.permits.withPermit(for: .publicHistoricalRead) {
            let past = try await past(of: agenda, at: size)
            let store = agenda.store
            let timeZone = options.timeZone
            let proofs = Self.proofs(of: agenda)
            let (html, read) = try await heavyWork.run(for: request.permits.client, takesLong: true) {
                () -> (String?, ReadAmount) in
                var visit = visit
                let time = size > .zero ? try store.recordedTime(at: (size - 1).next) : nil
                visit.past = PageVisit.Past(size: size, time: time)
                if let time { visit.today = time.day(in: timeZone) }
                // There are no files of nothing.
                if size > .zero { visit.files = Self.files(of: agenda, at: "\(size)") }
                return try past.read { view, facts in
                    let reader = AgendaReader(view, facts: facts, visit: visit, happenings: nil, proofs: proofs)
                    return (try AgendaPages(reader).page(at: path, query), view.amountRead)
                }
            }
            charge(read, to: request.sender)
            return html
        }
    }

    /// The agenda as it was; folded once for all who ask meanwhile, and kept for who asks next.
    private func past(of agenda: HostedAgenda, at size: LogSize) async throws -> PastAgenda {
        let store = agenda.store
        let place = try await heavyWork.run(for: store.identity.origin, isForVisitors: true) {
            try PastPlace(of: store, at: size)
        }
        return try await foldingPasts.value(for: place) { [pasts, heavyWork] in
            if let known = pasts.agenda(at: place) { return known }
            return try await heavyWork.run(for: place.origin, takesLong: true, isForVisitors: true) {
                let workspace = try agenda.snapshots.workspace(memory: Self.memoryOfPast)
                let past = try PastAgenda(of: store, at: place, personal: .leftOut, in: workspace)
                pasts.keep(past)
                // An entry may have been erased meanwhile.
                pasts.forget(place.origin, but: try store.head().erasureMark)
                return past
            }
        }
    }

    /// Larger states are kept in files that go with them.
    private static let memoryOfPast = ByteCount(32 << 20)

    private static func proofs(of agenda: HostedAgenda) -> ProofSource {
        let place = "\(ProtocolConstants.base)/agendas/\(agenda.name)/evidence/"
        return ProofSource(agenda.store, checkedBy: .visitor(evidence: place))
    }

    /// What anybody may have of a snapshot.
    private static func files(of agenda: HostedAgenda, at size: String) -> [PageVisit.File] {
        SnapshotFile.allCases.filter(SnapshotSet.everybody.has).map { file in
            let folder = "\(ProtocolConstants.base)/agendas/\(agenda.name)/snapshots/\(size)/public"
            return PageVisit.File(file.name, at: "\(folder)/\(file.name)")
        }
    }

    // MARK: - Visits

    private enum Meant {
        case size(LogSize)
        /// What is wrong with it, in the visitor's words.
        case fault(String)
    }

    /// The size that somebody means: a number, a moment, or a day where the pages' days are.
    private func moment(meaning text: String, of agenda: HostedAgenda, _ visit: PageVisit) async throws -> Meant {
        let end: Timestamp
        switch StateReference(text) {
        case .size(let size)?: return .size(size)
        case .moment(let moment)? where text.contains("T"): end = moment
        default:
            switch visit.day(meaning: text, at: environment.now()) {
            case .ends(let moment): end = moment
            case .fault(let words): return .fault(words)
            }
        }
        let store = agenda.store
        return .size(try await work.run { min(try store.size(at: end), agenda.sequencer.head.size) })
    }

    private func visit(to path: [String], of name: String, _ request: VisitorRequest) -> PageVisit {
        let chosen = request.query["language"].flatMap { Language(rawValue: $0) }
        let accepted = request.incoming.request.headers[.acceptLanguage]
        // Who says nothing reads Dutch: agendas are those of Dutch cities.
        let language = chosen ?? accepted.map { Language(accepting: $0) } ?? .dutch
        var visit = PageVisit(
            localizer: Localizer(language, in: options.timeZone),
            today: environment.now().day(in: options.timeZone),
            base: "/agendas/\(name)",
            path: path.joined(separator: "/") + (request.incoming.request.uri.query.map { "?\($0)" } ?? "")
        )
        visit.showsHistory = false
        visit.chosenLanguage = chosen
        return visit
    }

    private static func query(_ query: QueryParameters) -> [String: String] {
        Dictionary(uniqueKeysWithValues: pageQuery.compactMap { name in query[name].map { (name, $0) } })
    }

    /// What the addresses of pages take.
    static let pageQuery: Set<String> = ["at", "q", "page", "phase", "of", "language"]

    // MARK: - Answers

    private static func missing(_ visit: PageVisit) -> Response {
        var visit = visit
        visit.showsHistory = false
        let html = AgendaPages.plain(
            title: visit.localizer.message(.pageNotFound),
            visit.localizer.message(.pageNotFoundText),
            visit
        )
        return self.html(html, status: .notFound)
    }

    /// In words, for people: what programs are told in problem details.
    private static func unavailable(_ problem: ProblemDetails, _ visit: PageVisit) -> Response {
        let told = Response(problem)
        var response = html(
            AgendaPages.plain(
                title: visit.localizer.message(.pageFailed),
                visit.localizer.message(.pageNotNow),
                visit
            ),
            status: told.status
        )
        response.headers[.retryAfter] = told.headers[.retryAfter]
        return response
    }

    private static func failed(_ text: String, _ visit: PageVisit) -> Response {
        html(
            AgendaPages.plain(title: visit.localizer.message(.pageFailed), text, visit),
            status: .badRequest
        )
    }

    private static func html(_ html: String, status: HTTPResponse.Status = .ok, tag: EntityTag? = nil) -> Response {
        var response = Response(
            status: status,
            Array(html.utf8),
            type: "text/html; charset=utf-8",
            cache: tag == nil ? .never : .shared
        )
        response.headers.append(contentsOf: safety)
        response.headers[.eTag] = tag?.text
        response.headers[.vary] = vary
        return response
    }

    private static func asset(_ asset: FixedContents.Asset, for request: Request) -> Response {
        var headers = safety
        headers[.eTag] = asset.tag.text
        headers[.cacheControl] = CachePolicy.shared.rawValue
        if asset.tag.matches(request.headers[.ifNoneMatch]) {
            return Response(withoutContent: .notModified, headers: headers)
        }
        headers[.contentType] = asset.type
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: asset.contents))
    }

    private static let vary = "Accept-Language"
    private static let safety = HTTPFields(
        PageSafety.headers.compactMap { name, value in HTTPField.Name(name).map { HTTPField(name: $0, value: value) } }
    )
}
