internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

/// Plain requests to a witness.
package enum WitnessTransport {
    /// Longer answers are not read.
    private static let maximumAnswer = 64 * 1024
    private static let deadline = TimeAmount.seconds(20)

    /// Posts a body to a witness's `add-checkpoint`.
    ///
    /// - Parameters:
    ///   - url: the witness's submission prefix.
    ///   - body: what is sent.
    /// - Returns: status and body of the answer.
    /// - Throws: what the HTTP client throws.
    package static func submit(to url: String, _ body: [UInt8]) async throws -> (status: Int, body: [UInt8]) {
        var prefix = url[...]
        while prefix.last == "/" { prefix.removeLast() }
        var request = HTTPClientRequest(url: "\(prefix)/add-checkpoint")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "text/plain; charset=utf-8")
        request.headers.add(name: "User-Agent", value: "ambit")
        request.body = .bytes(body)
        let response = try await HTTPClient.shared.execute(request, timeout: deadline)
        let answer = try await response.body.collect(upTo: maximumAnswer)
        return (Int(response.status.code), Array(answer.readableBytesView))
    }
}
