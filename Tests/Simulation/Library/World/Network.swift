internal import AgendaModel
internal import LogClient
internal import SyncClient
internal import SyncProtocol

/// What is on its way between laptops and servers.
struct Network {
    /// A request on its way.
    struct Flight {
        var number: Int
        var request: TransportRequest
        /// What whoever made it took for the time: a clock may jump between that and its way.
        var time: Timestamp
    }

    /// Requests that no server has got yet, in the order in which they were sent.
    var flights: [Flight] = []
    /// Requests that a server works on.
    var working: [Flight] = []
    /// Requests that a server worked on when it ended, until somebody has looked at what it has written.
    var ended: [Flight] = []
    /// Answers that nobody has got yet, by the request's number.
    var answers: [Int: Answer] = [:]
    private var sent = 0

    /// Puts a request on its way.
    mutating func send(_ request: TransportRequest, at time: Timestamp) -> Int {
        sent += 1
        let said = request.headers["Date"].flatMap(HTTPDate.moment)
        flights.append(Flight(number: sent, request: request, time: said ?? time))
        return sent
    }
}
