package import AgendaModel
internal import Wording

/// What has not been sent, and how sending and receiving goes.
package struct SyncContent: Sendable {
    /// What is going on, in words.
    package var stage: String
    /// More about it: a reason, or what to do.
    package var detail: String?
    /// Whether a person has to look at it.
    package var isProblem: Bool
    package var done: Int?
    package var all: Int?
    /// What is wrong beside it, of which a person has to know.
    package var warning: String?
    /// When everything had been sent and received last.
    package var lastSync: Timestamp?
    /// The events that wait: their counters, and their lines.
    package var pending: [(id: Int, line: String)]

    package init(
        stage: String,
        detail: String?,
        isProblem: Bool,
        lastSync: Timestamp?,
        pending: [(id: Int, line: String)]
    ) {
        self.stage = stage
        self.detail = detail
        self.isProblem = isProblem
        self.lastSync = lastSync
        self.pending = pending
    }
}

/// The content as the page shows it.
struct SyncView {
    struct Waiting {
        var text: String
        var href: String
        var time: String
        var undo: String
    }

    var stage: String
    var detail: String?
    var isProblem: Bool
    var progress: Progress?
    var warning: String?
    var last: String
    var waiting: [Waiting]
    var hasWaiting: Bool
    var more: String?
    /// The page of an agenda that comes in for the first time.
    var here: String
    var action: String
    var undoAction: String
    var token: String

    struct Progress {
        var done: Int
        var all: Int
        var text: String
    }

    init(_ content: SyncContent, _ pages: AgendaPages) throws {
        let visit = pages.reader.visit
        stage = content.stage
        detail = content.detail
        isProblem = content.isProblem
        warning = content.warning
        if let done = content.done, let all = content.all, all > 0 {
            progress = Progress(done: done, all: all, text: "\(visit.number(done)) / \(visit.number(all))")
        }
        last =
            content.lastSync.map { visit.say(.pageLastSync, ["time": visit.localizer.moment($0)]) }
            ?? visit.say(.pageNeverSynced)
        waiting = try content.pending.suffix(Self.maximumCount).reversed().compactMap { event in
            guard let line = EventLine(event.line) else { return nil }
            return Waiting(
                text: try pages.sentence(line.type, line.data, about: line.subject),
                href: visit.href(line.subject),
                time: line.time.map(visit.localizer.moment) ?? "",
                undo: "\(event.id)"
            )
        }
        hasWaiting = !waiting.isEmpty
        let rest = content.pending.count - waiting.count
        more =
            rest > 0
            ? visit.say(
                .pageSomeOf,
                [
                    "what": visit.say(.pageNotSent), "count": visit.number(waiting.count),
                    "all": visit.number(content.pending.count),
                ]
            ) : nil
        here = visit.address("arriving")
        action = visit.address("sync")
        undoAction = visit.address("undo")
        token = visit.desk?.token ?? ""
    }

    private static let maximumCount = 200
}
