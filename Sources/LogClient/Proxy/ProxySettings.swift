/// The forward proxies that a machine is told to use, read from the environment as curl reads them.
///
/// `https_proxy`, `http_proxy` and `all_proxy`, in lower case before upper case, and `no_proxy`. What stays on the machine goes
/// to no proxy, which would look for it on its own machine.
struct ProxySettings: Sendable {
    private let variables: [String: String]

    /// - Parameter variables: those of the environment.
    init(_ variables: [String: String]) {
        self.variables = variables
    }

    /// The proxy by which an address is reached; nil when it is reached without one.
    ///
    /// - Throws: `LogClientError` with code `invalidAddress` for a variable that names no proxy.
    func proxy(for address: LogAddress) throws(LogClientError) -> Proxy? {
        guard !address.authority.isLoopback,
            let (name, value) = value(of: address.isSecure ? "https_proxy" : "http_proxy") ?? value(of: "all_proxy"),
            !isException(address)
        else { return nil }
        return try Proxy(value, from: name)
    }

    private func isException(_ address: LogAddress) -> Bool {
        value(of: "no_proxy").map { ProxyExceptions($0.value).contains(address.authority.host, port: address.port) }
            ?? false
    }

    /// What is set under a name in lower or upper case; empty is as good as not set.
    private func value(of name: String) -> (name: String, value: String)? {
        // A web server gives its programs the header `Proxy` of whoever asks as HTTP_PROXY.
        let others = name == "http_proxy" && variables["REQUEST_METHOD"] != nil ? [] : [name.uppercased()]
        return ([name] + others).lazy.compactMap { name in
            variables[name].flatMap { $0.isEmpty ? nil : (name, $0) }
        }.first
    }
}
