internal import LogClient
internal import SyncClient

/// What is on its way between laptops and servers.
struct Network {
    /// A request on its way.
    struct Flight {
        var number: Int
        var request: TransportRequest
    }

    /// Requests that no server has got yet, in the order in which they were sent.
    var flights: [Flight] = []
    /// Requests that a server works on.
    var working: [Flight] = []
    /// Answers that nobody has got yet, by the request's number.
    var answers: [Int: Answer] = [:]
    private var sent = 0

    /// Puts a request on its way.
    mutating func send(_ request: TransportRequest) -> Int {
        sent += 1
        flights.append(Flight(number: sent, request: request))
        return sent
    }
}
