package import EventLog
package import Foundation
package import SyncProtocol

/// How a server is set up.
package struct ServerOptions: Sendable {
    /// The address to listen on.
    package var host = "127.0.0.1"
    /// The port to listen on; 0 = any that is free.
    package var port = 8080
    /// Set to serve over TLS.
    package var tls: TLSFiles?
    /// What comes from outside is held against these.
    package var limits = Limits.standard
    /// How often one device or address may ask.
    package var rates = Rates.standard
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    package var trustedProxies: [String] = []
    /// SHA-256 of the token that lets metrics name every agenda; nil when there is none.
    package var metricsToken: Hash?
    /// How much is done at once.
    package var capacity = Capacity()
    /// How many connections there are at once; nil for what the process may have.
    var connections: ConnectionLimits?
    /// Deadlines for what comes from outside.
    package var deadlines = Deadlines()
    /// Who is asked to cosign the checkpoints.
    package var witnesses: [RemoteWitness] = []
    /// Whether the note of how much of a log has been shown lasts through a power cut before anybody is shown it.
    ///
    /// Otherwise it does so within a second.
    package var syncsSeen = false
    /// Whether entries are recorded whatever the server's clock says.
    package var acceptsClock = false
    /// How much disk the finished files of an agenda's snapshots may take, in bytes.
    package var snapshotBytes = 1 << 30
    /// Whether anything but giving back lost entries may write; off while a backup is put back.
    package var takesPushes = true

    /// Whom to ask about the server, as the contract that it gives says.
    package var contact = OperatorContact()

    /// Where the days and times are that pages tell.
    package var timeZone = TimeZone(identifier: "Europe/Amsterdam") ?? .gmt

    /// CSS in UTF-8 that is added to the style sheet of public pages.
    package var pageStyle: [UInt8] = []
    /// In bytes; every visitor gets it.
    package static let maximumPageStyle = 64 * 1024

    package init() {}

    /// A certificate and its key, in PEM files.
    package struct TLSFiles: Hashable, Sendable {
        /// The certificate and the ones that it rests on, the server's own first.
        package var certificate: String
        /// The private key.
        package var key: String
        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// How many requests of each sort are worked on at once; what comes on top is answered with `busy`.
    ///
    /// A pull or a read that waits for others counts for its own client alone, and among those that rest.
    ///
    /// Those of one member, or without a token of one address, are fewer: see the names with `Each`. The members of one agenda
    /// get three quarters of the permits at most. Who comes without a token gets at most half of those for bodies, pulls,
    /// followers and reads, however many they are.
    package struct Capacity: Hashable, Sendable {
        /// Short bodies that are still to arrive, of whoever enrols, invites or shows a checkpoint: apart, so that who sends
        /// none keeps nobody from that.
        package var bodies = 512
        package var bodiesEach = 16
        /// Pushes.
        package var pushes = 64
        package var pushesEach = 16
        /// Pushes that are or become long (see `longPush`): each may hold tens of megabytes.
        package var longPushes = 3
        package var longPushesEach = 1
        /// Pulls that are being sent.
        package var pulls = 32
        package var pullsEach = 8
        /// Live streams, and pulls that wait for the log to grow.
        package var followers = 4096
        package var followersEach = 64
        /// Answers from read models that are being sent: of each the server holds about a megabyte.
        package var reads = 32
        package var readsEach = 8
        /// Requests for a state of the past: each folds the log.
        package var historicalReads = 3
        package var historicalReadsEach = 1
        /// The same without a token, so that nobody can take the places of the members.
        package var publicHistoricalReads = 1
        /// Enrolments: apart, because anybody may ask for one.
        package var enrolments = 8
        /// Invites, revocations and tokens.
        package var administration = 8
        package var administrationEach = 4
        /// Bodies of lost entries that are given back: apart, because they are long.
        package var repairs = 3
        package var repairsEach = 1
        /// Pulls, and as many reads, that wait for others: for a thread, for their turn, or for work that is done for somebody
        /// else too.
        ///
        /// Each takes some kilobytes: what is long of its answer is made when its turn has come.
        package var resting = 4096
        /// A client that has been waited for so long lately, in all its requests of a sort, gives way when there is no permit
        /// left.
        package var waitAllowance = Duration.seconds(5)
        package init() {}
    }

    /// How long a client may take.
    package struct Deadlines: Hashable, Sendable {
        /// A connection on which nothing happens for so long, and from which a request is due, is closed.
        ///
        /// So is one that takes nothing of an answer for so long.
        package var idle = Duration.seconds(60)
        /// A request's body must have arrived whole so long after its head.
        package var body = Duration.seconds(60)
        /// A live stream whose connection takes nothing for so long is cut off.
        package var stream = Duration.seconds(30)
        /// After so long without anything else, a live stream gets a comment.
        package var heartbeat = Duration.seconds(15)
        /// Who asks for a file of a snapshot waits for so long until it is made, and is told to come back then.
        package var snapshot = Duration.seconds(20)
        /// How long requests may go on when the server stops; then it closes all connections.
        package var shutdown = Duration.seconds(30)
        package init() {}
    }

    /// Reading a push of no more bytes takes well under a millisecond: less than handing it to another thread may.
    static let briefPush = 64 << 10
    /// A push of more bytes than this, as sent, counts as long.
    static let longPush = 1 << 20
    /// A push that inflates to more bytes than this counts as long.
    static let longPushInflated = 4 << 20
    /// The longest body of a request in JSON.
    static let jsonBody = 16 * 1024
    /// The longest checkpoint with its signatures.
    static let note = 64 * 1024
    /// The longest head of a request.
    static let requestHead = 16 * 1024
    /// The most header fields in a request.
    static let headerFields = 64
}
