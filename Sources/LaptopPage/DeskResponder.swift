internal import AgendaModel
internal import AgendaPages
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import SyncClient
internal import TypedInput
internal import Wording

/// Answers requests about a replica that have been let in.
struct DeskResponder {
    let desk: Desk
    let language: Language
    /// In that language.
    let guides: [PageGuide]

    func answer(_ request: Request, at path: [String], form: [String: String]?) async throws -> Response {
        guard desk.replica.isThere else {
            throw ReplicaError(.notAReplica, "the folder \(desk.replica.folder) is not there any more")
        }
        if path.first == "people" {
            let answer = try await PeopleResponder(desk: desk, language: language)
                .answer(Array(path.dropFirst()), query: Self.query(of: request), form: form)
            return try answer ?? missing(desk.visit(to: address(request), in: language))
        }
        if let form { return try write(request, at: path, form) }
        return try read(request, path)
    }

    private static func query(of request: Request) -> [String: String] {
        Dictionary(request.uri.queryParameters.map { (String($0.key), String($0.value)) }, uniquingKeysWith: { $1 })
    }

    // MARK: - Reading

    private func read(_ request: Request, _ path: [String]) throws -> Response {
        let query = Self.query(of: request)
        if path == ["live"] { return .text(.ok, try desk.mark()) }
        var visit = try desk.visit(to: address(request), in: language)
        if path == ["arriving"], try desk.hasArrived() { return .going(to: visit.address("")) }
        var past: LogSize?
        if let text = query["at"], !text.isEmpty {
            guard let size = try desk.size(meaning: text, visit) else { return try missing(visit) }
            past = size
        }
        if path.count == 2, path[0] == "evidence" {
            guard let position = Int(path[1]), position >= 0,
                let file = try desk.evidence(of: Position(position))
            else { return try missing(visit) }
            return .file(file, named: "\(position).tlog-proof", type: "text/plain; charset=utf-8")
        }
        if path.count == 2, path[0] == "take" {
            guard let file = try desk.takeAlong(path[1], at: past) else { return try missing(visit) }
            return .file(file.contents, named: path[1], type: file.type)
        }
        if let size = past {
            let wanted = query["check"].flatMap { ProofSource.Wanted($0) }
            let html = try desk.reading(at: size, visit, checking: wanted) { pages -> String? in
                switch path {
                case ["history"]: return try pages.history(query, by: desk.person(visit))
                default: return try pages.page(at: path, query)
                }
            }
            return try html.map { .html($0, language: query["language"]) } ?? missing(visit)
        }
        if let id = query["recorded"].flatMap({ Int($0) }) {
            let sentence = try desk.sentence(of: id, visit)
            visit.notice = sentence.map {
                PageVisit.Notice(visit.localizer.message(.pageRecordedNow, ["event": $0]), undo: id)
            }
        }
        let html = try page(at: path, query, visit)
        return try html.map { .html($0, language: query["language"]) } ?? missing(visit)
    }

    private func page(at path: [String], _ query: [String: String], _ visit: PageVisit) throws -> String? {
        switch path {
        case ["help"]: return try desk.reading(visit) { $0.guides(guides) }
        case let path where path.count == 2 && path[0] == "help":
            guard let guide = guides.first(where: { $0.topic == path[1] }) else { return nil }
            return try desk.reading(visit) { $0.guide(guide) }
        case ["record"]: return try desk.reading(visit) { $0.recordChoices() }
        case let path where path.count == 2 && path[0] == "record":
            guard let type = Catalogue.current.type(named: path[1]), let role = visit.desk?.role,
                EventForm.isOffered(type, to: role)
            else { return nil }
            return try desk.form(path[1], typed: EventForm.fields(ofLink: query), visit)
        case let path where path.first == "choices" && path.count <= 2:
            return try desk.reading(visit) { try $0.choices(of: path.dropFirst().first, having: query["q"] ?? "") }
        case ["sync"]:
            let content = try desk.syncContent(visit)
            return try desk.reading(visit) { try $0.sync(content) }
        case ["arriving"]:
            let content = try desk.syncContent(visit)
            return try desk.reading(visit) { try $0.arriving(content) }
        case ["conflicts"]:
            let found = try desk.conflictContents(of: query["of"], visit)
            let overtaken = try desk.overtakenContents(of: query["of"], visit)
            return try desk.reading(visit) { try $0.conflicts(found, overtaken: overtaken) }
        case ["refused"]:
            let found = try desk.refusedContents(language)
            return try desk.reading(visit) { try $0.refused(found) }
        case let path where path.count == 2 && path[0] == "refused":
            guard let id = Int(path[1]), case .again(let html)? = try desk.correct(id, typed: nil, visit) else {
                return nil
            }
            return html
        case ["compare"]:
            let content = try desk.comparing(from: query["from"] ?? "", to: query["to"] ?? "", visit)
            return try desk.reading(visit) { try $0.compare(content) }
        case ["history"]:
            return try desk.reading(visit) { pages in
                try pages.history(query, by: desk.person(visit))
            }
        default:
            let wanted = query["check"].flatMap { ProofSource.Wanted($0) }
            return try desk.reading(visit, checking: wanted) { try $0.page(at: path, query) }
        }
    }

    // MARK: - Writing

    private func write(_ request: Request, at path: [String], _ fields: [String: String]) throws -> Response {
        let visit = try desk.visit(to: address(request), in: language)
        switch path {
        case let path where path.count >= 2 && path[0] == "record":
            guard let type = Catalogue.current.type(named: path[1]), let role = visit.desk?.role,
                EventForm.isOffered(type, to: role)
            else { return try missing(visit) }
            if path.count == 3, path[2] == "check" { return .html(try desk.preview(path[1], typed: fields, visit)) }
            guard path.count == 2 else { return try missing(visit) }
            if EventForm.looksUp(fields) { return .html(try desk.form(path[1], typed: fields, visit)) }
            switch try desk.record(path[1], typed: fields, visit) {
            case .again(let html): return .html(html, status: .unprocessableContent)
            case .recorded(let subject, let id): return .going(to: visit.address(subject, [("recorded", "\(id)")]))
            }
        case ["sync"]:
            desk.sync.begin()
            return .going(to: visit.address("sync"))
        case ["undo"]: return try undo(fields, visit)
        case ["conflicts"]: return try settle(fields, visit)
        case let path where path.count >= 2 && path[0] == "refused":
            guard let id = Int(path[1]) else { return try missing(visit) }
            return try refused(id, doing: path.dropFirst(2).first, fields: fields, visit)
        default: return try missing(visit)
        }
    }

    private func undo(_ fields: [String: String], _ visit: PageVisit) throws -> Response {
        guard let id = fields["id"].flatMap({ Int($0) }) else { return try missing(visit) }
        do {
            guard let sentence = try desk.sentence(of: id, visit) else {
                return try again("sync", saying: visit.localizer.message(.pageAlreadySent), visit)
            }
            let undo = try desk.replica.undoable([id])
            guard undo.dependents.isEmpty else {
                return try again("sync", saying: visit.localizer.message(.pageOthersRest), visit)
            }
            let undone = try desk.replica.undo(undo)
            var text = visit.localizer.message(.takenBack, ["event": sentence])
            if !undone.refusedAgain.isEmpty {
                let ids = undone.refusedAgain.map { "\($0)" }.joined(separator: ", ")
                text += ". " + visit.localizer.message(.refusedAgain, ["ids": ids])
            }
            return try again("sync", saying: text, isProblem: false, visit)
        } catch let error as ReplicaError where error.code == .alreadySent || error.code == .nothingToUndo {
            return try again("sync", saying: visit.localizer.message(.pageAlreadySent), visit)
        }
    }

    private func settle(_ fields: [String: String], _ visit: PageVisit) throws -> Response {
        if let seen = fields["seen"] {
            try desk.noteOvertaken(seen)
            return .going(to: visit.address("conflicts"))
        }
        do {
            guard let id = try desk.settle(fields) else { return try missing(visit) }
            return .going(to: visit.address("conflicts", [("recorded", "\(id)")]))
        } catch let error as ReplicaError where error.code == .conflictChanged || error.code == .noConflict {
            return try again("conflicts", saying: visit.localizer.message(.pageConflictChanged), visit)
        } catch let error as ReplicaError
            where [.cannotSettle, .notAllowed, .invalidEvent, .noSuchValue].contains(error.code)
        {
            return try again("conflicts", saying: language.words(of: error.description), visit)
        }
    }

    private func refused(
        _ id: Int,
        doing verb: String?,
        fields: [String: String],
        _ visit: PageVisit
    ) throws -> Response {
        do {
            switch verb {
            case nil:
                switch try desk.correct(id, typed: fields, visit) {
                case .again(let html)? where EventForm.looksUp(fields): return .html(html)
                case .again(let html)?: return .html(html, status: .unprocessableContent)
                case .recorded(_, let id)?: return .going(to: visit.address("refused", [("recorded", "\(id)")]))
                case nil: return try missing(visit)
                }
            case "retry":
                let again = try desk.replica.retryRefused([id])
                let recorded = again.events.first?.event.id ?? 0
                return .going(to: visit.address("refused", [("recorded", "\(recorded)")]))
            case "discard":
                try desk.replica.discardRefused([id])
                return try again("refused", saying: visit.localizer.message(.pageDiscarded), isProblem: false, visit)
            default: return try missing(visit)
            }
        } catch let error as ReplicaError
            where [.notRefused, .invalidEvent, .unknownSubject, .notAllowed, .ambiguousSubject].contains(error.code)
        {
            return try again("refused", saying: language.words(of: error.description), visit)
        }
    }

    /// A page once more, with something told above it.
    private func again(
        _ place: String,
        saying text: String,
        isProblem: Bool = true,
        _ visit: PageVisit
    ) throws -> Response {
        var visit = try desk.visit(to: place, in: visit.localizer.language)
        visit.notice = PageVisit.Notice(text, isProblem: isProblem)
        let html = try page(at: [place], [:], visit)
        return try html.map { .html($0, status: isProblem ? .conflict : .ok) } ?? missing(visit)
    }

    // MARK: - What goes wrong

    private func missing(_ visit: PageVisit) throws -> Response {
        let html = try desk.reading(visit) { pages in
            pages.message(
                title: visit.localizer.message(.pageNotFound),
                visit.localizer.message(.pageNotFoundText)
            )
        }
        return .html(html, status: .notFound)
    }

    private func address(_ request: Request) -> String { request.pagePath(below: desk.base) }
}
