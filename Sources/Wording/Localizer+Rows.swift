internal import AgendaModel
package import Projections

// What happened as a table, a row for each field of each event.

extension Localizer {
    /// What stands above the columns.
    package var columns: [String] {
        [
            Message.tableEntry, .tableTime, .tablePerson, .tableDevice, .tableWhat, .tableSubject, .tableField,
            .tableBefore, .tableAfter, .tableRemark,
        ].map { message($0) }
    }

    /// The rows of an event, each as long as `columns`; an event without fields has one.
    package func rows(_ event: HistoryEvent) -> [[String]] {
        let author = event.author
        let kind = String(event.subject.prefix { $0 != "/" })
        let start = [
            "\(event.position)", moment(event.recordedTime),
            author.source == .server ? message(.theServer) : author.memberName ?? author.member?.rawValue ?? "",
            author.source == .server ? "" : author.deviceName ?? author.source.rawValue,
            "\(Vocabulary.kind(kind, language)) \(Vocabulary.type(event.type, language))",
            event.titles[event.subject].map { "\($0) (\(event.subject))" } ?? event.subject,
        ]
        let erased = event.redaction.map { message(.erasedBy, ["position": "\($0)"]) }
        guard !event.changes.isEmpty else { return [start + ["", "", "", erased ?? ""]] }
        return event.changes.map { change in
            func words(_ value: FieldValue) -> String {
                value == .absent ? "" : self.value(value, at: change.path, of: event.subject, event.titles)
            }
            let outranked =
                change.written == change.after
                ? nil : message(.outranked, ["written": words(change.written), "shown": words(change.after)])
            let conflict = conflict(in: change, event.subject, event.titles, isOpenedByAuthor: true)
            let remarks = [erased, outranked, conflict].compactMap(\.self).joined(separator: "; ")
            let name = field(change.path, of: event.subject, event.titles)
            return start + [name, words(change.before), words(change.after), remarks]
        }
    }
}
