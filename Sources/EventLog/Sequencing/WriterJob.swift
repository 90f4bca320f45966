internal import AgendaModel

/// Something that waits for the writer.
struct WriterJob: Sendable {
    enum Work: Sendable {
        case push(Push, PushLookup?, CheckedContinuation<PushOutcome, any Error>)
        case record(ServerEvent, CheckedContinuation<PushOutcome, any Error>)
        case enrol(Enrolment, CheckedContinuation<Enrolled, any Error>)
        case token(TokenRequest, CheckedContinuation<String?, any Error>)
        case invite(Invite, CheckedContinuation<Void, any Error>)
        case repair(RepairRequest, CheckedContinuation<LogHead, any Error>)
        case acceptLoss(CheckedContinuation<AcceptedLoss?, any Error>)
    }

    let work: Work
    /// nil for what this process does of its own accord.
    let right: WriteRight?
    /// What whoever asks for it takes for the time; nil when they do not say.
    var time: Timestamp? = nil

    /// SHA-256 of the token of whoever asks for it.
    var token: Hash? {
        if case .token(let request, _) = work { return request.token }
        return right?.token
    }

    /// Roughly what it adds to a commit.
    var bytes: Int {
        switch work {
        case .push(let push, _, _): push.body.count
        case .record(let event, _): event.data.utf8.count
        case .enrol, .token, .invite, .acceptLoss: 1024
        case .repair(let repair, _): repair.entries.count
        }
    }

    /// Whether it is for a log that is not complete; it is committed on its own.
    var mendsLog: Bool {
        switch work {
        case .repair, .acceptLoss: true
        case .push, .record, .enrol, .token, .invite: false
        }
    }

    /// What whoever asks for it takes for the time, or took for it when they recorded the newest event that they bring.
    var writersTime: Timestamp? {
        if let time { return time }
        if case .push(let push, _, _) = work { return push.newestTime }
        return nil
    }

    /// What gives back entries.
    var repair: RepairRequest? {
        if case .repair(let repair, _) = work { repair } else { nil }
    }

    func fail(_ error: any Error) {
        switch work {
        case .push(_, _, let answer), .record(_, let answer): answer.resume(throwing: error)
        case .enrol(_, let answer): answer.resume(throwing: error)
        case .token(_, let answer): answer.resume(throwing: error)
        case .invite(_, let answer): answer.resume(throwing: error)
        case .repair(_, let answer): answer.resume(throwing: error)
        case .acceptLoss(let answer): answer.resume(throwing: error)
        }
    }
}

/// An event of the server itself, before it has a counter.
struct ServerEvent: Sendable {
    var type: String
    var subject: String
    /// JSON.
    var data: String

    /// That a log goes on without what it has lost.
    static func accepted(_ loss: AcceptedLoss, at size: LogSize) -> ServerEvent {
        var data = [JSONValue.Member("kept", .number("\(size)"))]
        if loss.after == size, (1...EventLimits.maximumNumber).contains(loss.through - size) {
            data.append(JSONValue.Member("lost", .number("\(loss.through - size)")))
        }
        return ServerEvent(type: "loss.accepted", subject: "loss/\(size)", data: JSONValue.object(data).compact)
    }

    /// The event's line.
    func line(counter: Counter, time: Timestamp, basis: LogSize, environment: RuntimeEnvironment) -> String {
        let isSalted = Catalogue.current.type(named: type)?.hasPersonalFields ?? false
        let salt = isSalted ? #","salt":"\#(Base64.encodeURL(environment.random(16)))""# : ""
        return #"{"specversion":"1.0","id":"\#(counter)","source":"\#(EventSource.server)","type":"\#(type)","#
            + #""subject":"\#(subject)","time":"\#(time)","basis":\#(basis),"data":\#(data)\#(salt)}"#
    }
}
