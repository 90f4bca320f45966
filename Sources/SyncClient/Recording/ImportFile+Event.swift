internal import AgendaModel
internal import EventLog

extension ImportFile.Line {
    /// Reads a line that has a `specversion`.
    ///
    /// Type, data, time and, unless the event created it, the subject are what is re-recorded.
    ///
    /// - Throws: `invalidImport`.
    init(number: Int, event members: [JSONValue.Member], _ slice: ArraySlice<UInt8>) throws(ReplicaError) {
        let event = JSONValue.object(members)
        func text(_ name: String) throws(ReplicaError) -> String {
            guard let text = event[name]?.text else { throw ImportFile.problem("\(name): must be a string") }
            return text
        }
        let isErased = event["data"] == nil && event["erased"] != nil
        guard let data = isErased ? .object([]) : event["data"] else { throw ImportFile.problem("data: is missing") }
        guard case .number(let digits) = event["basis"], let basis = Int(digits), basis >= 0 else {
            throw ImportFile.problem("basis: must be a whole number")
        }
        let (type, subject, source) = (try text("type"), try text("subject"), try text("source"))
        let id = try text("id")
        // The clock that it comes from may have been fast, and the event is what it is.
        let time = try ImportFile.time(text("time"))
        let createsSubject = EventRewriter.kindCreated(by: type) != nil
        let isAboutItself = Catalogue.current.type(named: type)?.writers.subjectItself ?? false
        let (line, isEntry) = Self.withoutRecordedTime(slice)
        self.init(
            number: number,
            draft: EventDraft(type: type, subject: createsSubject ? nil : subject, data: data, time: time),
            imported: ImportedEvent(
                source: source,
                id: id,
                basis: LogSize(basis),
                created: createsSubject ? subject : nil,
                line: line,
                isEntry: isEntry,
                isUnrepeatable: source == "server" || isAboutItself,
                isErased: isErased
            )
        )
    }

    private static func withoutRecordedTime(_ slice: ArraySlice<UInt8>) -> (event: [UInt8], isEntry: Bool) {
        // Files that were edited may have \r before \n.
        let length = slice.lastIndex { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }.map { $0 + 1 } ?? slice.endIndex
        return slice[..<length].withUnsafeBufferPointer { line in
            EntrySuffix.recordedTime(of: line) == nil ? (Array(line), false) : (EntrySuffix.event(of: line), true)
        }
    }
}
