internal import HTTPTypes
internal import SyncProtocol

/// All that the server answers, found by method and path.
struct RouteTable: Sendable {
    /// What a path stands for.
    struct Address: Sendable {
        /// All routes of the path, at least one.
        let routes: [Route]
        let parameters: PathParameters

        /// The route for a method; nil when the address does not take it.
        func route(for method: HTTPRequest.Method) -> Route? { routes.first { $0.takes(method) } }

        /// The methods that it takes, for the header `Allow`.
        var methods: [HTTPRequest.Method] { routes.flatMap { $0.method == .get ? [.get, .head] : [$0.method] } }

        /// The address with names for its parts, for logs, which tell bundles of entries from tiles of hashes.
        var template: String {
            let text = routes[0].path.text
            return parameters.level == "entries" ? text.replacing("{level}", with: "entries") : text
        }
    }

    let routes: [Route]
    /// Those of one path together, in the order of the table.
    private let paths: [(path: PathTemplate, routes: [Route])]

    init(_ routes: [Route]) {
        self.routes = routes
        var paths: [(path: PathTemplate, routes: [Route])] = []
        for route in routes {
            if let index = paths.firstIndex(where: { $0.path == route.path }) {
                paths[index].routes.append(route)
            } else {
                paths.append((route.path, [route]))
            }
        }
        self.paths = paths
    }

    /// Finds what a path stands for.
    ///
    /// - Parameter path: as it stands in the request, without its query.
    /// - Returns: the routes there.
    /// - Throws: `not-found` for addresses that do not exist, `bad-request` for broken percent-encoding.
    func address(_ path: String) throws(ProblemDetails) -> Address {
        let components = try Self.components(of: path)
        for (template, routes) in paths {
            guard let parameters = template.parameters(of: components) else { continue }
            guard routes[0].exists(parameters) else { throw Self.notFound }
            return Address(routes: routes, parameters: parameters)
        }
        throw Self.notFound
    }

    private static func components(of path: String) throws(ProblemDetails) -> [String] {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].isEmpty, path.utf8.count <= maximumLength else { throw notFound }
        var components: [String] = []
        components.reserveCapacity(parts.count - 1)
        for part in parts.dropFirst() {
            guard let component = PercentEncoding.decode(part) else {
                throw ProblemDetails(.badRequest, "The path is not valid percent-encoded UTF-8.")
            }
            guard !component.isEmpty, !component.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 < 0x20 }) else {
                throw notFound
            }
            components.append(component)
        }
        return components
    }

    /// Longer paths are of nothing that the server has.
    private static let maximumLength = 1024
    private static let notFound = ProblemDetails(.notFound, "There is nothing at this address.")
}
