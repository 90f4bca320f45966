/// A sentence, or a part of one; names in braces stand for what it is about.
package enum Message: String, CaseIterable, Sendable {
    // Parts.
    case absent, erased, yes, no, and, byServer, byMember, byDevice, entryAt, notSent
    case days, day, hours, hour, minutes, minute

    // Events.
    case recordedByServer, recordedAndSent, offline, clockAhead
    case unseenOne, unseenMany, unseenOfSubjectOne, unseenOfSubjectMany
    case changed, unchanged, outranked, erasedBy, created
    case conflictOpened, conflictRemains, conflictSettled, conflictOpenedBetween, besideValue
    case noEntryFits, noDifference, shownNow

    // Documents.
    case noSubjects, noSubjectsThen

    // Erasing.
    case redacts, goesForGood, nothing

    // Conflicts.
    case noConflicts, byClockUnsent, byClockAndRecorded, sawNothing, sawUpTo, didNotKnow, howToSettle, settledNow
    case recordedAsOne, recordedAsMany

    // Refused events.
    case nothingRefused, afterRefusal, aboutSubject, aboutSubjectAt, dependOnIt, refusedAsWell, notSentYet
    case mentionsRenamed, recordedAgain, staysRefused, stillRefusedOne, stillRefusedMany

    /// The message, with values for the names in it.
    package func text(_ language: Language, _ values: [String: String] = [:]) -> String {
        let template = Self.table[self]?[language] ?? rawValue
        var result = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            result += rest[..<open]
            let name = String(rest[rest.index(after: open)..<close])
            result += values[name] ?? "{\(name)}"
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}
