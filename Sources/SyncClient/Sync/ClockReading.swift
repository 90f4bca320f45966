internal import AgendaModel
internal import EventLog

/// What two clocks said at one moment: the server's and this laptop's.
struct ClockReading: Hashable {
    var server: Timestamp
    var here: Timestamp

    init(server: Timestamp, here: Timestamp) {
        self.server = server
        self.here = here
    }

    /// As a replica remembers it; nil for text in another form.
    init?(fact: String) {
        let words = fact.split(separator: " ")
        guard words.count == 2, let server = Timestamp(String(words[0])), let here = Timestamp(String(words[1])) else {
            return nil
        }
        self.init(server: server, here: here)
    }

    /// What a replica remembers of it; nil where the laptop's clock is not far ahead.
    var fact: String? { here.isFarAhead(of: server) ? "\(server) \(here)" : nil }

    /// By how much the laptop's clock is ahead, in milliseconds; nil once it has been put back.
    func lead(at now: Timestamp) -> Int? {
        now >= here ? here.millisecondsSince1970 - server.millisecondsSince1970 : nil
    }
}
