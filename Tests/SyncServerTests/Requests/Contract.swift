import Foundation

/// `Protocol/openapi.yaml`, as far as tests read it.
struct Contract {
    /// One operation.
    struct Operation: Hashable {
        /// In capitals.
        var method: String
        /// With names for its parts in braces.
        var path: String
        /// Everything below the method.
        var text: String
    }

    /// The whole file.
    let text: String
    /// The same as `openapi.json`.
    let json: String

    init() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let root = tests.deletingLastPathComponent().deletingLastPathComponent()
        text = try String(contentsOf: root.appending(path: "Protocol/openapi.yaml"), encoding: .utf8)
        json = try String(contentsOf: root.appending(path: "Protocol/openapi.json"), encoding: .utf8)
    }

    /// What the contract describes, in its order.
    var operations: [Operation] {
        var operations: [Operation] = []
        var path: String?
        var base = ""
        var isInPaths = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let first = line.first, first != " " { isInPaths = line == "paths:" }
            if let found = line.wholeMatch(of: #/  - url: (/.*)/#) { base = String(found.1) }
            guard isInPaths else { continue }
            if let found = line.wholeMatch(of: #/  (/.*):/#) {
                path = base + String(found.1)
            } else if line == "    servers: [{ url: / }]", let below = path?.dropFirst(base.count) {
                path = String(below)
            } else if let path, let found = line.wholeMatch(of: #/    (get|put|post|delete|patch|head|options|trace):/#)
            {
                operations.append(Operation(method: found.1.uppercased(), path: path, text: ""))
            } else if operations.last?.path == path, !operations.isEmpty {
                operations[operations.count - 1].text += line + "\n"
            }
        }
        return operations
    }

    /// The query parameters of an operation.
    func queryParameters(of operation: Operation) throws -> Set<String> {
        let own = operation.text.matches(of: /name: ([A-Za-z-]+)(?:, |\n +)in: query/).map { String($0.1) }
        let shared = try operation.text.matches(of: ##/"#/components/parameters/([a-z]+)"/##).compactMap { reference in
            try text.firstMatch(of: Regex("\n    \(reference.1):\n      name: ([a-z]+)\n      in: query"))?
                .output[1].substring.map(String.init)
        }
        return Set(own + shared)
    }

    /// Who an operation is for, as its `security` says; nil for whoever has a token, as for all.
    func security(of operation: Operation) -> String? {
        operation.text.firstMatch(of: /security: (.*)/).map { String($0.1) }
    }
}
