internal import Hummingbird
internal import Snapshots

/// A request for what there is of an agenda's snapshots, by a member or by anybody.
struct SnapshotRequest: Sendable {
    let asked: ReaderRequest
    /// Which files its sender may have here.
    let set: SnapshotSet

    /// Of a member: everything.
    init(_ request: MemberRequest) {
        asked = ReaderRequest(
            incoming: request.incoming,
            query: request.query,
            agenda: request.agenda,
            sender: .device(request.sender),
            permits: request.permits
        )
        set = .members
    }

    /// Of whoever may read what is folded from the log: what everybody may have.
    init(forEverybody request: ReaderRequest) {
        asked = request
        set = .everybody
    }

    var agenda: HostedAgenda { asked.agenda }
    var path: PathParameters { asked.path }

    /// From an address of a file of one snapshot to one of another, which has the same place among them.
    func address(of file: String, at size: String) -> String {
        set == .members ? "../\(size)/\(file)" : "../../\(size)/public/\(file)"
    }
}
