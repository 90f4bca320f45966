internal import AgendaPages
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import SyncClient
internal import SyncProtocol
internal import SyncServer
internal import TypedInput
internal import Wording

/// Where requests of the laptop's own browser come in: who is let in, and to what.
struct LaptopResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let gate: Gate
    let home: Home
    /// Of whoever started the program; a visitor may choose another.
    let language: Language
    let guides: [Language: [PageGuide]]
    /// Gets what whoever started the program is told.
    let telling: @Sendable (LaptopServer.Happening) -> Void
    private let strangers = StrangersForms()

    func respond(to request: Request, context: Context) async throws -> Response {
        guard gate.isForThisHost(request) else {
            return .text(.misdirectedRequest, "This is not the host of these pages.\n")
        }
        var request = request
        let parts = request.uri.path.split(separator: "/").map(String.init)
        let path = parts.dropFirst(gate.isBelowBase(request) ? 1 : 0).map { PercentEncoding.decode($0) ?? $0 }
        var response: Response
        do {
            response = try await answer(&request, path)
        } catch {
            context.logger.error("A page failed", metadata: ["error": "\(type(of: error))"])
            response = failed(error, request)
        }
        if request.method == .head { response = response.createHeadResponse() }
        return response
    }

    private func answer(_ request: inout Request, _ path: [String]) async throws -> Response {
        let isReading = request.method == .get || request.method == .head
        if isReading, path.count == 2, path[0] == "assets", let asset = PageAsset.named(path[1]) {
            return .page(asset.bytes, type: asset.type)
        }
        if request.method == .get, request.uri.path == "/",
            let key = request.uri.queryParameters["key"].map(String.init)
        {
            return letIn(request, with: key)
        }
        guard gate.letsIn(request) else { return notLetIn(request, typed: await typed(in: &request)) }
        var form: [String: String]?
        if !isReading {
            guard request.method == .post else { return .wrongMethod }
            let buffer: ByteBuffer
            do {
                buffer = try await request.body.collect(upTo: FormBody.maximumLength)
            } catch {
                let visit = visit(request)
                let title = visit.localizer.message(.pageFailed)
                let html = AgendaPages.plain(title: title, visit.localizer.message(.pageFormTooLong), visit)
                return .html(html, status: .contentTooLarge)
            }
            guard let body = FormBody(Array(buffer.readableBytesView)),
                gate.takesForm(request, token: body.fields["token"])
            else { return notLetIn(request) }
            form = body.fields
        }
        let language = language(of: request)
        if let desk = home.desk {
            let responder = DeskResponder(desk: desk, language: language, guides: guides[language] ?? [])
            return try await responder.answer(request, at: path, form: form)
        }
        return await WelcomeResponder(home: home, token: gate.token).answer(
            request,
            at: path,
            form: form,
            visit(request)
        )
    }

    /// Lets in whoever has the secret of the address first.
    ///
    /// Who is in already is not known here, where the cookie is not sent: the page's script leads them back.
    private func letIn(_ request: Request, with key: String) -> Response {
        switch gate.use(key: key, in: request) {
        case .first: telling(.letIn)
        case .again(let isNews):
            if isNews { telling(.keyUsedAgain) }
            return notLetIn(request, saying: .pageKeyUsed)
        case .unknown: return notLetIn(request)
        }
        // Browsers keep a strict cookie back wherever another site's page led to, redirections included. The page in a
        // file is another site, and only what a page of ours leads to is not.
        guard request.headers[.secFetchSite] == "none" else {
            return .html(LeadingPage.html(to: gate.base), cookies: gate.cookies)
        }
        return .going(to: gate.base, cookies: gate.cookies)
    }

    // MARK: - What goes wrong

    /// What somebody typed into a form of a program that has ended: they are shown it, since nothing else has it any more.
    ///
    /// Whoever it is, they are not let in: only so much is read of them.
    private func typed(in request: inout Request) async -> [String] {
        guard request.method == .post, gate.isFromItself(request), strangers.begin() else { return [] }
        defer { strangers.end() }
        guard
            let buffer = try? await request.body(atMost: FormBody.maximumLengthOfStrangers, within: Self.strangersTime),
            let body = FormBody(Array(buffer.readableBytesView))
        else { return [] }
        return EventForm.typed(in: body.fields)
    }

    /// How long their forms may take to arrive.
    private static let strangersTime = Duration.seconds(10)

    private func notLetIn(
        _ request: Request,
        saying reason: Message = .pageNotLetIn,
        typed: [String] = []
    ) -> Response {
        let visit = visit(request)
        let html = AgendaPages.plain(
            title: visit.localizer.message(.pageFailed),
            visit.localizer.message(reason),
            typed: typed,
            visit
        )
        return .html(html, status: .forbidden)
    }

    private func failed(_ error: any Error, _ request: Request) -> Response {
        let visit = visit(request)
        let text: String
        switch error {
        case let error as ReplicaError where error.code == .diskFull: text = visit.localizer.message(.pageDiskFull)
        case let error as ReplicaError: text = visit.localizer.language.words(of: error.description)
        case let error as InputError: text = error.message[visit.localizer.language]
        default: text = visit.localizer.language.words(of: "\(error)")
        }
        let isInput = error is InputError
        let html = AgendaPages.plain(title: visit.localizer.message(.pageFailed), text, visit)
        return .html(html, status: isInput ? .badRequest : .serviceUnavailable)
    }

    /// Without anything of a replica, which may be what does not work.
    ///
    /// What is below the base is only for who is let in: to others pages name it nowhere.
    private func visit(_ request: Request) -> PageVisit {
        let base = gate.letsIn(request) ? gate.base : ""
        return PageVisit(
            localizer: Localizer(language(of: request), in: home.timeZone),
            today: "",
            base: base,
            path: request.pagePath(below: base)
        )
    }

    private func language(of request: Request) -> Language {
        let chosen = request.uri.queryParameters["language"].map(String.init) ?? request.cookies["language"]?.value
        return chosen.flatMap { Language(rawValue: $0) } ?? language
    }
}

extension Request {
    /// The address below a base that it has, with its query.
    func pagePath(below base: String) -> String {
        let path = String(uri.path.dropFirst(base.count).drop { $0 == "/" })
        return uri.query.map { "\(path)?\($0)" } ?? path
    }
}
