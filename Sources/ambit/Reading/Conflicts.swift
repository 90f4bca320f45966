import AgendaModel
import ArgumentParser
import SyncClient

/// `ambit conflicts`: values that were written without having seen each other.
struct Conflicts: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: "Show the fields that several people changed without having seen each other's change.",
        discussion: "A conflict is settled by recording the field again, once you have seen all values."
    )

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let conflicts = try replica.open().conflicts()
        if output.json {
            try Output.json(conflicts.map(Answer.init))
            return
        }
        for conflict in conflicts {
            Output.table([[conflict.subject, conflict.register.path]])
            let rows = conflict.register.heads.enumerated().map { index, head in
                [
                    index == 0 ? "shown" : "also", DocumentText.words(json: head.value),
                    "by \(head.source) at \(head.time)",
                    head.position == .afterEverything ? "not sent yet" : "entry \(head.position.rawValue)",
                ]
            }
            Output.table(rows, indent: "  ")
        }
        Output.line(
            conflicts.isEmpty ? "no conflicts" : "To settle one, record the field again with the value that is right."
        )
    }

    private struct Answer: Encodable {
        struct Value: Encodable {
            var value: String?
            var source: String
            var id: String
            var time: String
            var position: Int?
        }

        var subject: String
        var path: String
        /// The shown one first; each value as JSON text.
        var values: [Value]

        init(_ conflict: Conflict) {
            subject = conflict.subject
            path = conflict.register.path
            values = conflict.register.heads.map { head in
                Value(
                    value: head.value.map { String(decoding: $0, as: UTF8.self) },
                    source: head.source,
                    id: String(head.counter.rawValue),
                    time: head.time.description,
                    position: head.position == .afterEverything ? nil : head.position.rawValue
                )
            }
        }
    }
}
