import AgendaModel
import ArgumentParser
import SyncClient
import Wording

/// `ambit conflicts`: values that were written without having seen each other.
struct Conflicts: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: "Show the fields that several people changed without having seen each other's change.",
        discussion: """
            The values are numbered: 1 is the one that is shown, the others follow from the latest to the earliest. \
            ambit settle records which one is to hold.
            """
    )

    @Argument(help: "Only this subject's; a short form will do.")
    var subject: String?

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    private var localizer: Localizer { language.localizer }

    func run() throws {
        let replica = try replica.open()
        let conflicts = try replica.conflicts(of: subject)
        if output.json {
            try Output.json(conflicts.map(Answer.init))
            return
        }
        if conflicts.isEmpty { Output.line(localizer.message(.noConflicts)) }
        var last: String?
        for conflict in conflicts {
            if conflict.subject != last {
                let document = try replica.document(of: conflict.subject)?.document
                Output.table([[localizer.title(conflict, document.map(DocumentText.title) ?? "")]])
                last = conflict.subject
            }
            show(conflict)
        }
    }

    private func show(_ conflict: OpenConflict) {
        Output.table([[conflict.path]], indent: "  ")
        for value in conflict.values {
            let lines = [
                localizer.value(value, of: conflict), localizer.author(value), localizer.moment(value),
                localizer.knowledge(value),
            ]
            Output.table([["\(value.number)", lines.joined(separator: "\n")]], indent: "    ")
        }
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
