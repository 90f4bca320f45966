internal import EventLog

/// What went wrong between this process and the database.
struct DatabaseFailure: Error, Sendable {
    enum Kind: Hashable, Sendable {
        /// No connection can be made; what the client library says of it, which holds no password.
        case unreachable(String)
        /// The connection broke: what was asked for may have been done.
        case lost
        /// The deadline passed: what was asked for may be done yet.
        case unanswered
        /// Nothing was asked for: what came before has not been answered, and it is too early to ask again.
        case pausing
        /// The database refused a statement, with this SQLSTATE: nothing of the transaction was done.
        case refused(String)
        /// A value is not of the type that it should be.
        case unreadable
        /// All connections were in use for too long.
        case crowded
    }

    let kind: Kind

    init(_ kind: Kind) { self.kind = kind }

    /// Whether nobody knows if a transaction took place.
    var isUnknownOutcome: Bool {
        switch kind {
        case .lost, .unanswered: true
        // The server is ending, or the session was ended: class 57P and the connection's own class.
        case .refused(let state): state.hasPrefix("57P") || state.hasPrefix("08")
        case .unreachable, .unreadable, .crowded, .pausing: false
        }
    }
}

extension LogError {
    /// The same, said of a log.
    ///
    /// The message has PostgreSQL's code, never what it says: that may quote what is stored.
    init(_ failure: DatabaseFailure) {
        switch failure.kind {
        case .unreachable(let why):
            self.init(
                .inputOutput,
                "the database cannot be reached (\(why)); start it, or check --store, then try again"
            )
        case .lost:
            self.init(.inputOutput, "the connection to the database broke; check the database, then try again")
        case .unanswered:
            self.init(
                .inputOutput,
                "the database did not answer in time; check it, and whether its standby confirms commits"
            )
        case .pausing:
            self.init(
                .inputOutput,
                "the database has not confirmed commits, and is asked again after a while; check whether its standby does"
            )
        case .crowded:
            self.init(.locked, "all connections to the database are in use; try again, or see what holds it up")
        case .unreadable:
            self.init(.corrupt, "the database gave a value of another type than its tables have; restore them")
        case .refused(let state): self.init(refused: state)
        }
    }

    private init(refused state: String) {
        let code = "SQLSTATE \(state)"
        switch state {
        case "53100": self.init(.diskFull, "the database's disk is full (\(code)); free some space, then try again")
        case "25006":
            self.init(
                .readOnly,
                "the database takes no writes (\(code)); name the primary in --store"
            )
        case "42P01", "3F000":
            self.init(.notFound, "the database has no agendas (\(code)); ambit agenda create --store makes the first")
        case "42501": self.init(.readOnly, "the database's user may not do this (\(code)); give it the right to")
        case "40001", "40P01", "55P03":
            self.init(.locked, "another transaction of the database was in the way (\(code)); try again")
        case "P0001", "23000"..."23ZZZ":
            self.init(
                .corrupt,
                "the database refused a change that would break the log (\(code)); run ambit verify before going on"
            )
        default:
            self.init(.inputOutput, "the database refused a statement (\(code)); see its own log, then try again")
        }
    }
}
