/// The parts of an event's line that people read of.
package struct EventLine {
    package let type: String
    package let subject: String
    package let source: String?
    package let data: JSONValue
    package let time: Timestamp?

    /// nil for a line that is no event.
    package init?(_ text: String) {
        guard let line = try? JSONValue(parsing: Array(text.utf8)), let type = line["type"]?.text,
            let subject = line["subject"]?.text, let data = line["data"]
        else { return nil }
        self.type = type
        self.subject = subject
        source = line["source"]?.text
        self.data = data
        time = line["time"]?.text.flatMap { Timestamp($0) }
    }
}
