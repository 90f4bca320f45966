internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import SyncProtocol

/// An address that the server answers.
enum Route: Hashable, Sendable {
    case agendas
    case agenda(String)
    case devices(String)
    case device(String, id: String)
    case invites(String)
    case invite(String, id: String)
    case token(String)
    case events(String)
    case heal(String)
    case checkpoint(String)
    case tile(String, Tile)
    case state(String)
    case subject(String, name: String)
    case history(String, subject: String)
    case blame(String, subject: String)
    case diff(String)
    case conflicts(String)
    case progress(String)
    case rejections(String)
    case health
    case readiness
    case metrics
    case contract
    case problem(String)

    /// - Parameter path: As it stands in the request, without its query.
    /// - Throws: `not-found` for addresses that do not exist, `bad-request` for broken percent-encoding.
    init(_ path: String) throws(ProblemDetails) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].isEmpty, path.utf8.count <= Self.greatestLength else { throw Self.notFound }
        var components: [String] = []
        components.reserveCapacity(parts.count - 1)
        for part in parts.dropFirst() {
            guard let component = PercentEncoding.decode(part) else {
                throw ProblemDetails(.badRequest, "The path is not valid percent-encoded UTF-8.")
            }
            guard !component.isEmpty, !component.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 < 0x20 }) else {
                throw Self.notFound
            }
            components.append(component)
        }
        guard let route = Self.route(components) else { throw Self.notFound }
        self = route
    }

    private static func route(_ parts: [String]) -> Route? {
        switch (parts.count, parts[0]) {
        case (1, "agendas"): .agendas
        case (2, "agendas"): .agenda(parts[1])
        case (3..., "agendas"): below(agenda: parts[1], parts[2], parts.dropFirst(3))
        case (1, "healthz"): .health
        case (1, "readyz"): .readiness
        case (1, "metrics"): .metrics
        case (1, "openapi.yaml"): .contract
        case (2, "problems"): .problem(parts[1])
        default: nil
        }
    }

    private static func below(agenda: String, _ part: String, _ rest: ArraySlice<String>) -> Route? {
        switch (part, rest.count) {
        case ("devices", 0): .devices(agenda)
        case ("devices", 1): .device(agenda, id: rest[3])
        case ("invites", 0): .invites(agenda)
        case ("invites", 1): .invite(agenda, id: rest[3])
        case ("token", 0): .token(agenda)
        case ("events", 0): .events(agenda)
        case ("heal", 0): .heal(agenda)
        case ("checkpoint", 0): .checkpoint(agenda)
        case ("tile", 2...): Tile(path: "tile/" + rest.joined(separator: "/")).map { .tile(agenda, $0) }
        case ("state", 0): .state(agenda)
        case ("subjects", 2): .subject(agenda, name: rest[3] + "/" + rest[4])
        case ("subjects", 3) where rest[5] == "history": .history(agenda, subject: rest[3] + "/" + rest[4])
        case ("subjects", 3) where rest[5] == "blame": .blame(agenda, subject: rest[3] + "/" + rest[4])
        case ("diff", 0): .diff(agenda)
        case ("conflicts", 0): .conflicts(agenda)
        case ("progress", 0): .progress(agenda)
        case ("rejections", 0): .rejections(agenda)
        default: nil
        }
    }

    /// The agenda that it is about; nil for addresses that are of the server.
    var agenda: String? {
        switch self {
        case .agendas, .health, .readiness, .metrics, .contract, .problem: nil
        case .agenda(let name), .devices(let name), .invites(let name), .token(let name), .events(let name),
            .heal(let name), .checkpoint(let name), .state(let name), .conflicts(let name), .progress(let name),
            .rejections(let name), .diff(let name):
            name
        case .device(let name, _), .invite(let name, _), .tile(let name, _), .subject(let name, _),
            .history(let name, _),
            .blame(let name, _):
            name
        }
    }

    /// Whether a device becomes one here.
    var isEnrolment: Bool {
        if case .devices = self { true } else { false }
    }

    /// The methods that the address takes; GET includes HEAD.
    var methods: [HTTPRequest.Method] {
        switch self {
        case .devices, .heal: [.post]
        case .invites: [.get, .head, .post]
        case .device, .invite: [.delete]
        case .token: [.post, .delete]
        case .events: [.get, .head, .post]
        default: [.get, .head]
        }
    }

    /// The address with names for its parts, for logs.
    var template: String {
        switch self {
        case .agendas: "/agendas"
        case .agenda: "/agendas/{agenda}"
        case .devices: "/agendas/{agenda}/devices"
        case .device: "/agendas/{agenda}/devices/{id}"
        case .invites: "/agendas/{agenda}/invites"
        case .invite: "/agendas/{agenda}/invites/{id}"
        case .token: "/agendas/{agenda}/token"
        case .events: "/agendas/{agenda}/events"
        case .heal: "/agendas/{agenda}/heal"
        case .checkpoint: "/agendas/{agenda}/checkpoint"
        case .tile(_, let tile): tile.content == .entries ? "/agendas/{agenda}/tile/entries" : "/agendas/{agenda}/tile"
        case .state: "/agendas/{agenda}/state"
        case .subject: "/agendas/{agenda}/subjects/{kind}/{id}"
        case .history: "/agendas/{agenda}/subjects/{kind}/{id}/history"
        case .blame: "/agendas/{agenda}/subjects/{kind}/{id}/blame"
        case .diff: "/agendas/{agenda}/diff"
        case .conflicts: "/agendas/{agenda}/conflicts"
        case .progress: "/agendas/{agenda}/progress"
        case .rejections: "/agendas/{agenda}/rejections"
        case .health: "/healthz"
        case .readiness: "/readyz"
        case .metrics: "/metrics"
        case .contract: "/openapi.yaml"
        case .problem: "/problems/{name}"
        }
    }

    /// Longer paths are of nothing that the server has.
    private static let greatestLength = 1024
    private static let notFound = ProblemDetails(.notFound, "There is nothing at this address.")
}
