package import AgendaModel
package import Projections

// What happened, for programs: the same over HTTP and on the command line. Names are sorted.

extension JSONWriter {
    package mutating func event(_ event: HistoryEvent, _ localizer: Localizer) {
        beginObject()
        member("basis", event.basis)
        array("changes", event.changes) { $0.change($1, isOfEvent: true) }
        member("deviceName", ifAny: event.author.deviceName)
        member("deviceTime", event.deviceTime.description)
        member("id", event.counter.description)
        member("member", ifAny: event.author.member?.rawValue)
        member("memberName", ifAny: event.author.memberName)
        member("position", event.position)
        member("recordedtime", event.recordedTime.description)
        if let redaction = event.redaction { member("redaction", redaction) }
        member("source", event.author.source)
        member("subject", event.subject)
        member("text", localizer.describe(event).text)
        member("title", ifAny: event.titles[event.subject])
        member("type", event.type)
        member(event.unseenIsOfSubject ? "unseenOfSubject" : "unseen", event.unseen)
        endObject()
    }

    package mutating func difference(_ difference: SubjectDifference, _ localizer: Localizer) {
        beginObject()
        array("changes", difference.changes) { $0.change($1, isOfEvent: false) }
        member("created", difference.isCreated)
        member("subject", difference.subject)
        member("text", localizer.describe(difference).text)
        member("title", ifAny: difference.titles[difference.subject])
        endObject()
    }

    /// The member `fields` of a blame.
    package mutating func fields(_ blame: Blame) {
        array("fields", blame.fields) { json, field in
            json.beginObject()
            json.member("conflict", field.isConflict)
            json.member("path", field.path)
            json.array("writes", field.writes) { $0.write($1) }
            json.endObject()
        }
    }

    private mutating func write(_ write: Blame.Write) {
        beginObject()
        member("deviceName", ifAny: write.author.deviceName)
        member("deviceTime", write.deviceTime.description)
        if write.value == .erased { member("erased", true) }
        member("id", write.counter.description)
        member("member", ifAny: write.author.member?.rawValue)
        member("memberName", ifAny: write.author.memberName)
        if let position = write.position { member("position", position) }
        member("recordedtime", ifAny: write.recordedTime?.description)
        member("source", write.author.source)
        member("type", write.type)
        member("value", ifAny: write.value.json)
        endObject()
    }

    private mutating func change(_ change: FieldChange, isOfEvent: Bool) {
        beginObject()
        member("after", ifAny: change.after.json)
        member("before", ifAny: change.before.json)
        if let conflict = change.conflict {
            member("conflict", conflict.rawValue)
            array("others", Array(change.others.prefix(FieldChange.maximumOthersTold))) { json, other in
                json.beginObject()
                json.member("deviceName", ifAny: other.author.deviceName)
                if other.value == .erased { json.member("erased", true) }
                json.member("id", other.counter.description)
                json.member("member", ifAny: other.author.member?.rawValue)
                json.member("memberName", ifAny: other.author.memberName)
                json.member("position", other.position)
                json.member("source", other.author.source)
                json.member("value", ifAny: other.value.json)
                json.endObject()
            }
            let more = change.others.count - FieldChange.maximumOthersTold
            if more > 0 { member("othersMore", more) }
        }
        member(
            "erased",
            ifAnyOf: [
                ("after", change.after), ("before", change.before), ("written", isOfEvent ? change.written : .absent),
            ]
        )
        member("path", change.path)
        if isOfEvent { member("written", ifAny: change.written.json) }
        endObject()
    }

    private mutating func member(_ name: String, _ value: Bool) {
        self.name(name)
        boolean(value)
    }

    private mutating func member(_ name: String, ifAny text: String?) {
        if let text { member(name, text) }
    }

    /// The names of those that are missing because they were erased.
    private mutating func member(_ name: String, ifAnyOf values: [(name: String, value: FieldValue)]) {
        let erased = values.filter { $0.value == .erased }
        guard !erased.isEmpty else { return }
        array(name, erased) { json, erased in json.string(erased.name) }
    }

    /// A member whose value is JSON already.
    private mutating func member(_ name: String, ifAny json: [UInt8]?) {
        guard let json else { return }
        self.name(name)
        raw(json)
    }
}

extension FieldChange {
    /// Of a field with more other values than this only so many are told with each event: hundreds of events would each tell
    /// of hundreds.
    static let maximumOthersTold = 16
}
