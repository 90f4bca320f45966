internal import HTTPTypes
internal import Hummingbird
package import HummingbirdTesting
package import LogClient
internal import NIOCore
internal import Synchronization

/// Carries a replica's requests to a server in this process.
///
/// Can be told to lose one: before the server gets it, or its answer.
package final class RouterTransport: Transport {
    package enum Fault: CaseIterable { case requestLost, answerLost }

    private let client: any TestClientProtocol
    private let plan = Mutex<(number: Int, fault: Fault)?>(nil)
    private let sent = Mutex<[String]>([])

    package init(_ client: any TestClientProtocol) { self.client = client }

    /// `POST /token` and so on, in order.
    package var requests: [String] { sent.withLock { $0 } }

    /// From now on, the request of this number, from 0, meets the fault.
    package func fail(_ number: Int, _ fault: Fault) {
        sent.withLock { $0 = [] }
        plan.withLock { $0 = (number, fault) }
    }

    package func send(_ request: TransportRequest) async throws -> TransportResponse {
        let number = sent.withLock { sent in
            sent.append("\(request.method) \(request.path)")
            return sent.count - 1
        }
        let fault = plan.withLock { $0?.number == number ? $0?.fault : nil }
        if fault == .requestLost { throw LogClientError(.cut, "lost, as planned") }
        var headers = HTTPFields()
        for (name, value) in request.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        let response = try await client.execute(
            uri: "/v1/agendas/assen\(request.path)",
            method: HTTPRequest.Method(rawValue: request.method) ?? .get,
            headers: headers,
            body: request.body.isEmpty ? nil : ByteBuffer(bytes: request.body)
        )
        if fault == .answerLost { throw LogClientError(.cut, "lost, as planned") }
        let pieces = Mutex<[[UInt8]]>([Array(response.body.readableBytesView)])
        return TransportResponse(
            status: response.status.code,
            headers: Dictionary(
                response.headers.map { ($0.name.canonicalName, $0.value) },
                uniquingKeysWith: { first, _ in first }
            )
        ) { pieces.withLock { $0.popLast() } }
    }
}
