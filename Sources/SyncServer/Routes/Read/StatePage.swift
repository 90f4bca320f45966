internal import AgendaModel
internal import EventLog
internal import Hummingbird
internal import Projections
internal import Snapshots
internal import SyncProtocol

/// One page of a state: documents in the order of their subjects, for one size of the log.
struct StatePage: Sendable {
    /// The most documents in a page.
    static let maximumCount = 10_000
    private let limit: Int
    private let coding: ContentCoding
    private let size: LogSize
    private var json = JSONWriter(capacity: 64 * 1024)
    /// Instead of `json`.
    private var csv: DocumentCSV?
    private var count = 0
    private var last: String?
    private(set) var isFull = false

    /// - Parameters:
    ///   - size: for which size of the log the page holds.
    ///   - digest: of the whole state at that size.
    ///   - wanted: what the page is of.
    init(size: LogSize, digest: Hash?, _ wanted: StateQuery) {
        limit = wanted.limit
        coding = wanted.coding
        self.size = size
        csv = wanted.csv
        json.beginObject()
        json.member("size", size)
        if let digest { json.member("digest", digest.description) }
        if let kind = wanted.kind { json.member("kind", kind) }
        json.name("documents")
        json.beginArray()
    }

    /// Appends a document; when the page has no room for it, says so by `isFull` and leaves it out.
    ///
    /// - Throws: what reading the document throws.
    mutating func append(_ subject: String, _ document: [UInt8]) throws {
        guard count < limit, csv?.length ?? json.bytes.count < Response.maximumPage else {
            isFull = true
            return
        }
        count += 1
        last = subject
        guard csv == nil else {
            try csv?.append(subject, document)
            return
        }
        json.beginObject()
        json.member("subject", subject)
        json.name("document")
        json.raw(document)
        json.endObject()
    }

    /// A page that is whole.
    struct Finished: Sendable {
        var content: CodedContent
        var size: LogSize
        /// What the next page comes after; nil on the last one.
        var next: String?
    }

    consuming func finish() -> Finished {
        let next = isFull ? last : nil
        if let csv { return Finished(content: CodedContent(csv.bytes, coding), size: size, next: next) }
        json.endArray()
        if let next { json.member("next", next) }
        json.endObject()
        return Finished(content: CodedContent(json.bytes, coding), size: size, next: next)
    }
}
