internal import AgendaModel
internal import AgendaPages
internal import Foundation
internal import Hummingbird
internal import LogClient
internal import SyncClient
internal import TypedInput
internal import Wording

/// Answers on a laptop that has no replica yet: takes a link and a name, and lets the agenda come.
struct WelcomeResponder {
    let home: Home
    let token: String

    func answer(
        _ request: Request,
        at path: [String],
        form: [String: String]?,
        _ visit: PageVisit
    ) async -> Response {
        guard let form, path == ["welcome"] else {
            if path == ["live"] { return .text(.ok, "") }
            let content = WelcomeContent(typed: [.device: ProcessInfo.processInfo.hostName])
            let chosen = request.uri.queryParameters["language"].map(String.init)
            return .html(AgendaPages.welcome(content, token: token, visit), language: chosen)
        }
        let typed = WelcomeContent.Field.allCases.map { field in
            (field, (form[field.rawValue] ?? "").trimmingCharacters(in: .whitespacesAndNewlines))
        }
        var content = WelcomeContent(typed: Dictionary(uniqueKeysWithValues: typed))
        content.faults = Self.faults(in: content, visit)
        if content.faults.isEmpty {
            do {
                try await join(content)
                return .going(to: visit.address("arriving"))
            } catch {
                return again(content, after: error, visit)
            }
        }
        return .html(AgendaPages.welcome(content, token: token, visit), status: .unprocessableContent)
    }

    private func join(_ content: WelcomeContent) async throws {
        guard let link = InviteLink(Self.bare(content.typed[.link] ?? "")) else { return }
        let replica = try await Replica.enrol(
            url: link.address,
            into: home.folder,
            invite: link.code,
            memberName: TypedText.name(content.typed[.name] ?? ""),
            deviceName: TypedText.name(content.typed[.device] ?? ""),
            environment: home.environment
        )
        home.open(replica)
        home.desk?.sync.begin()
    }

    /// Without what mail and shells put around a link.
    private static func bare(_ link: String) -> String {
        link.trimmingCharacters(in: CharacterSet(charactersIn: "<>'\""))
    }

    // MARK: - What is wrong

    private static func faults(in content: WelcomeContent, _ visit: PageVisit) -> [WelcomeContent.Field: String] {
        var faults: [WelcomeContent.Field: String] = [:]
        for field in WelcomeContent.Field.allCases {
            let text = content.typed[field] ?? ""
            if text.isEmpty {
                faults[field] = visit.localizer.message(.neededHere)
            } else if field == .link {
                if InviteLink(bare(text)) == nil { faults[field] = visit.localizer.message(.pageWelcomeNoLink) }
            } else if !((try? TypedText.name(text)).map(DisplayName.isValid) ?? false) {
                faults[field] = visit.localizer.message(.pageWelcomeNoName)
            }
        }
        return faults
    }

    /// The form once more: what the link leads to stands beside the link, everything else above.
    private func again(_ content: WelcomeContent, after error: any Error, _ visit: PageVisit) -> Response {
        var (content, visit) = (content, visit)
        let error = error as? ReplicaError
        if let message = error.flatMap({ Self.aboutLink($0.code) }) {
            content.faults[.link] = visit.localizer.message(message)
        } else {
            let said = visit.localizer.language.words(of: error?.description ?? "")
            let text = error?.code == .diskFull ? visit.localizer.message(.pageDiskFull) : said
            visit.notice = PageVisit.Notice(text, isProblem: true)
        }
        return .html(AgendaPages.welcome(content, token: token, visit), status: .unprocessableContent)
    }

    private static func aboutLink(_ code: ReplicaError.Code) -> Message? {
        switch code {
        case .invalidAddress: .pageWelcomeNoLink
        case .insecure: .pageWelcomeInsecure
        case .invalidInvite, .unauthenticated: .pageWelcomeNoInvite
        case .notFound: .pageWelcomeNoAgenda
        case .unreachable, .tooSlow, .unavailable: .pageWelcomeAway
        case .notAnAmbitServer, .unsupportedProtocol: .pageWelcomeOther
        default: nil
        }
    }
}
