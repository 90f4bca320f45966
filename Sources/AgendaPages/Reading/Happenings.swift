package import AgendaModel
package import EventLog
internal import Projections
internal import Wording

/// Tells what happened, newest first, from the entries themselves.
///
/// Costs what the entries cost that are looked at, however long the log is.
package struct Happenings {
    let log: any LogReader
    /// How many entries there are to tell of.
    let size: LogSize

    /// - Parameters:
    ///   - log: has at least so many entries.
    ///   - size: how many of them are told of.
    package init(in log: any LogReader, upTo size: LogSize) {
        self.log = log
        self.size = size
    }

    /// The newest that fit, newest first.
    ///
    /// - Parameters:
    ///   - count: the most that are wanted.
    ///   - end: tell of entries before this one.
    ///   - filter: which are wanted.
    ///   - ofPeople: whether what happened to members and devices is told too.
    ///   - reader: names what they are about.
    /// - Returns: the happenings, and the size to go on before; nil when there are no more.
    /// - Throws: what reading throws.
    func last(
        _ count: Int,
        before end: LogSize? = nil,
        fitting filter: HistoryFilter = HistoryFilter(),
        ofPeople: Bool = true,
        for reader: AgendaReader
    ) throws -> (items: [Happening], next: LogSize?) {
        var found: [Happening] = []
        var end = min(end ?? size, size)
        var events = EventReader()
        var looked = 0
        while count > 0, end > .zero, looked < Self.maximumLookedAt {
            let block = max(.zero, end - Self.block).positions(upTo: end)
            var page: [Happening] = []
            try log.entries(block).withUnsafeBufferPointer { bytes in
                var position = block.lowerBound
                try Lines.forEach(in: bytes) { line in
                    let entry = UnsafeBufferPointer(rebasing: bytes[line])
                    defer { position += 1 }
                    let attributes = try events.read(entry, as: .entry)
                    guard filter.mayFit(attributes, entry),
                        let happening = try Happening(
                            attributes,
                            entry: entry,
                            read: events,
                            at: position,
                            fitting: filter,
                            reader
                        )
                    else { return }
                    if ofPeople || !["member", "device"].contains(happening.subjectKind) { page.append(happening) }
                }
            }
            looked += block.count
            for happening in page.reversed() {
                found.append(happening)
                if found.count == count { return (found, LogSize(before: happening.position)) }
            }
            end = LogSize(before: block.lowerBound)
        }
        return (found, count > 0 && end > .zero ? end : nil)
    }

    private static let block = 256
    /// More entries than this are not looked through for one page.
    private static let maximumLookedAt = 50_000
}

/// Something that happened, for a list.
package struct Happening {
    var position: Position
    var kind: String
    var subjectKind: String
    var title: String
    var href: String
    var verb: String
    /// Fields and values, in words.
    var details: [Detail]
    var who: String
    /// When it was recorded there, in words.
    var time: String
    /// When the log got it, `YYYY-MM-DD`: happenings stand in the order of the log.
    var day: String
    var number: String

    struct Detail {
        var field: String
        var value: String
    }
}

extension Happening {
    /// nil for what says nothing to people, and for what does not fit.
    init?(
        _ attributes: EventAttributes,
        entry: UnsafeBufferPointer<UInt8>,
        read events: EventReader,
        at position: Position,
        fitting filter: HistoryFilter,
        _ reader: AgendaReader
    ) throws {
        func text(_ range: Range<Int>) -> String { String(decoding: entry[range], as: UTF8.self) }
        let (type, subject) = (text(attributes.type), text(attributes.subject))
        guard type != "device.signed" else { return nil }
        let author = try reader.naming.author(of: EventSource(unchecked: text(attributes.source)))
        guard filter.authors.isEmpty || filter.fits(author) else { return nil }
        let visit = reader.visit
        var details: [Detail] = []
        var failure: (any Error)?
        events.forEachLeaf(in: entry) { path, value in
            guard failure == nil, !Self.saysNothing.contains(path) else { return }
            let json = value.map(Array.init)
            do {
                details.append(try reader.detail(path, json, of: subject, isErased: attributes.tombstone != nil))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        let localizer = visit.localizer
        self.init(
            position: position,
            kind: Vocabulary.kind(subject.kindPart, visit.language),
            subjectKind: subject.kindPart,
            title: try reader.title(subject),
            href: visit.href(subject),
            verb: Vocabulary.type(type, visit.language),
            details: Array(details.prefix(Self.maximumDetails)),
            who: author.memberName ?? author.deviceName ?? localizer.message(.byServer),
            time: localizer.minute(attributes.time),
            day: (attributes.recordedTime ?? attributes.time).day(in: localizer.timeZone),
            number: localizer.number("\(position)")
        )
    }

    private static let maximumDetails = 6
    /// Bytes that only programs read.
    private static let saysNothing: Set<String> = ["/key", "/signature"]
}

extension AgendaReader {
    /// A field with its value, for people.
    func detail(_ path: String, _ json: [UInt8]?, of subject: String, isErased: Bool) throws -> Happening.Detail {
        var titles: [String: String] = [:]
        for name in JSONPointer.names(path) ?? [] where name.contains("/") { titles[name] = try title(name) }
        let field = visit.localizer.field(path, of: subject, titles)
        guard !isErased else { return Happening.Detail(field: field, value: visit.say(.erased)) }
        if case .reference = Catalogue.current.form(at: path, of: subject),
            let target = try json.map({ try JSONValue(folded: $0) })?.text
        {
            return Happening.Detail(field: field, value: try title(target))
        }
        let value = visit.localizer.value(json, at: path, of: subject, [:])
        return Happening.Detail(field: field, value: value.count > 160 ? value.prefix(159) + "…" : value)
    }
}
