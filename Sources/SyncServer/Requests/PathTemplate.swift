/// The path of a route, with names for the parts that differ, as the contract writes it: `/v1/agendas/{agenda}/state`.
///
/// `{+name}`, as the last part, takes all that is left, slashes included (RFC 6570, section 3.2.3).
struct PathTemplate: Hashable, Sendable, ExpressibleByStringLiteral {
    private enum Part: Hashable, Sendable {
        case literal(String)
        case parameter(String)
        case rest(String)
    }

    /// As it is written; also what the server's log says of requests.
    let text: String
    private let parts: [Part]

    init(stringLiteral text: String) {
        self.text = text
        parts = text.split(separator: "/").map { part in
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return .literal(String(part)) }
            let name = part.dropFirst().dropLast()
            return name.hasPrefix("+") ? .rest(String(name.dropFirst())) : .parameter(String(name))
        }
    }

    /// What the parts of a path are here; nil when the path is not of this form.
    func parameters(of path: [String]) -> PathParameters? {
        var parameters = PathParameters()
        for (index, part) in parts.enumerated() {
            guard index < path.count else { return nil }
            switch part {
            case .literal(let text):
                guard path[index] == text else { return nil }
            case .parameter(let name): parameters.append(name, path[index])
            case .rest(let name):
                parameters.append(name, path[index...].joined(separator: "/"))
                return parameters
            }
        }
        return path.count == parts.count ? parameters : nil
    }
}

/// The parts of a path that its template has names for, decoded.
struct PathParameters: Sendable {
    private var values: [(name: String, value: String)] = []

    fileprivate mutating func append(_ name: String, _ value: String) { values.append((name, value)) }

    /// The part of this name, which must be one of the template's.
    subscript(name: String) -> String {
        guard let value = values.first(where: { $0.name == name })?.value else {
            preconditionFailure("no part of the path is called \(name)")
        }
        return value
    }

    /// The agenda that the request is about; nil for what is of the server.
    var agenda: String? { values.first { $0.name == "agenda" }?.value }

    /// What is asked for below an agenda's own page; nil for that page.
    var page: String? { values.first { $0.name == "page" }?.value }

    /// At which level of the tree the tile is that the request is about, or `entries`; nil for what is no tile.
    var level: String? { values.first { $0.name == "level" }?.value }

    /// The file of a snapshot that the request is about; nil for what is none.
    var file: String? { values.first { $0.name == "file" }?.value }

    /// Of how many entries the snapshot is; nil for what is none.
    var size: String? { values.first { $0.name == "size" }?.value }

    /// The part of a name behind its kind; nil for what has none.
    var id: String? { values.first { $0.name == "id" }?.value }

    /// The subject that the request is about, `<kind>/<id>`.
    var subject: String { "\(self["kind"])/\(self["id"])" }
}
