import AgendaModel
import ArgumentParser
import SyncClient
import Wording

/// `ambit undo`: take back what was recorded and has not been sent.
struct UndoCommand: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: .told("Take back what was recorded last, or the events named, unless they may have been sent."),
        discussion: .told(
            """
            What rests on them goes with them: at a terminal you are asked first, elsewhere it takes --yes. What may have \
            been sent stays; the answer names the event that corrects it. ambit status --pending lists what waits.
            """
        )
    )

    @Argument(help: .told("The numbers of events; without any, what was recorded last."))
    var ids: [Int] = []

    @Flag(help: .told("Take back also what rests on them, without asking."))
    var yes = false

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let replica = try replica.open()
        let localizer = language.localizer(for: output)
        let undo = try replica.undoable(ids.isEmpty ? nil : ids)
        // In words as long as what they are about is there.
        let sentences = try replica.sentences(undo.events, localizer)
        if !undo.dependents.isEmpty, !yes { try confirm(undo, in: replica, localizer) }
        let undone = try replica.undo(undo)
        // What is taken back is nowhere else any more: where nobody gets to see it, it is put back.
        let restore = { try replica.putBack(undone) }
        let nothing = "nothing was taken back"
        if output.json {
            let answer = Answer(
                undone: undo.events.map(\.id),
                events: undo.events.map(\.line),
                refusedAgain: undone.refusedAgain.isEmpty ? nil : undone.refusedAgain,
                pendingAgain: undone.pendingAgain.isEmpty ? nil : undone.pendingAgain
            )
            return try Output.json(answer, losing: nothing, restoring: restore)
        }
        let lines = sentences.map { localizer.message(.takenBack, ["event": $0]) }
        for line in lines { Output.line(line, losing: nothing, restoring: restore) }
        for (message, ids) in [
            (Message.refusedAgain, undone.refusedAgain), (Message.pendingAgain, undone.pendingAgain),
        ]
        where !ids.isEmpty {
            Output.line(localizer.message(message, ["ids": ids.map { "\($0)" }.joined(separator: ", ")]))
        }
    }

    private func confirm(_ undo: Undo, in replica: Replica, _ localizer: Localizer) throws {
        let count = localizer.number("\(undo.dependents.count)")
        if !output.json, Terminal.isThere {
            let message: Message = undo.dependents.count == 1 ? .goesAlongOne : .goesAlongMany
            Output.note(localizer.message(message, ["count": count]))
            for sentence in try replica.sentences(undo.dependents, localizer) { Output.note("  " + sentence) }
        }
        try Terminal.confirm(
            output,
            localizer,
            otherwise: undo.dependents.count == 1
                ? "1 later event rests on what would be taken back. With --yes it goes with it."
                : "\(count) later events rest on what would be taken back. With --yes they go with it."
        )
    }

    private struct Answer: Encodable {
        var undone: [Int]
        /// The events' lines, which are nowhere else any more.
        var events: [String]
        /// Those that were re-recorded from refused ones, which are refused again.
        var refusedAgain: [Int]?
        /// Those that had followed these, and wait again as they were.
        var pendingAgain: [Int]?
    }
}
