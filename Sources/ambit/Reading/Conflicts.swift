import AgendaModel
import ArgumentParser
import Projections
import SyncClient
import Wording

/// `ambit conflicts`: values that were written without having seen each other.
struct Conflicts: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: .told("Show the fields that several people changed without having seen each other's change."),
        discussion: .told(
            """
            The values are numbered: 1 is the one that is shown, the others follow from the latest to the earliest. \
            ambit settle records which one is to hold.
            """
        )
    )

    @Argument(help: .told("Only this subject's; a short form will do."), completion: Completing.subject)
    var subject: String?

    @Flag(help: .told("Take note of your events that have no effect: they are not listed any more."))
    var seen = false

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    private var localizer: Localizer { language.localizer(for: output) }

    func run() throws {
        let replica = try replica.open()
        let whole = try subject.map { try replica.subject(meaning: $0) }
        let conflicts = try replica.conflicts(of: whole)
        let overtaken = try replica.overtaken().filter { whole == nil || $0.subject == whole }
        if seen { try replica.noteOvertaken(overtaken) }
        if output.json {
            try Output.json(conflicts.map(Answer.init))
            return
        }
        Output.table(overtaken.map { [localizer.overtaken($0)] })
        if !overtaken.isEmpty, !seen { Output.line(localizer.message(.afterOvertaken)) }
        if conflicts.isEmpty, overtaken.isEmpty { Output.line(localizer.message(.noConflicts)) }
        var last: String?
        for conflict in conflicts {
            if conflict.subject != last {
                let document = try replica.document(of: conflict.subject)?.document
                Output.table([[localizer.title(conflict, try document.map(DocumentText.title) ?? "")]])
                last = conflict.subject
            }
            let titles = try replica.reading { view, _ in try view.naming.titles(in: conflict.path) }
            show(conflict, called: localizer.field(conflict.path, of: conflict.subject, titles))
        }
    }

    private func show(_ conflict: OpenConflict, called name: String) {
        Output.table([["\(name) (\(conflict.path))"]], indent: "  ")
        for value in conflict.values {
            let lines = [
                localizer.value(value, of: conflict), localizer.author(value), localizer.moment(value),
                localizer.knowledge(value),
            ]
            Output.table([["\(value.number)", lines.joined(separator: "\n")]], indent: "    ")
        }
        if let alike = localizer.lookTheSame(conflict) { Output.table([[alike]], indent: "    ") }
        Output.table([[localizer.howToSettle(conflict)]], indent: "    ")
    }

    private struct Answer: Encodable {
        struct Value: Encodable {
            var number: Int
            var value: String?
            var erased: Bool?
            var source: EventSource
            var id: String
            var time: String
            var position: Int?
            var deviceTime: String
            var recordedtime: String?
            var basis: Int
            var unseen: [Int]
            var deviceName: String?
            var member: MemberID?
            var memberName: String?
        }

        var subject: String
        var path: String
        var mark: String
        /// The shown one first; each value as JSON text.
        var values: [Value]

        init(_ conflict: OpenConflict) {
            subject = conflict.subject
            path = conflict.path
            mark = conflict.mark
            values = conflict.values.map { value in
                Value(
                    number: value.number,
                    value: value.value,
                    erased: value.isErased ? true : nil,
                    source: value.source,
                    id: String(value.id),
                    time: value.time.description,
                    position: value.position,
                    deviceTime: value.deviceTime.description,
                    recordedtime: value.recordedTime?.description,
                    basis: value.basis,
                    unseen: value.unseen,
                    deviceName: value.deviceName,
                    member: value.member,
                    memberName: value.memberName
                )
            }
        }
    }
}
