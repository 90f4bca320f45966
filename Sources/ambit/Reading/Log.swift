import AgendaModel
import ArgumentParser
import EventLog
import Foundation

/// `ambit log`: the entries, newest last.
struct Log: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: "Show the log's entries in order.",
        discussion: "With --json, each entry is printed on a line of its own, byte for byte as it was hashed."
    )

    @Option(help: "Only entries about this subject, in full: <kind>/<id>.")
    var subject: String?

    @Option(help: "Only events of this type.")
    var type: String?

    @Option(help: "Begin at this position.")
    var from: Int = 0

    @Option(help: "Only the last so many that fit.")
    var last: Int?

    @OptionGroup var source: LogSource
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard from >= 0, last.map({ $0 > 0 }) ?? true else {
            throw ValidationError("Positions and counts are not negative.")
        }
    }

    func run() throws {
        let log = try source.open()
        let size = try log.head().size.rawValue
        var shown = 0
        defer { if shown == 0 { Output.note("ambit: no entry of the \(size) in the log fits") } }
        guard from < size else { return }
        var kept: [(position: Int, entry: [UInt8])] = []
        var reader = EventReader()
        try log.forEachBlock(in: Position(from)..<Position(size)) { first, _, entries in
            var position = first.rawValue
            for line in entries.split(separator: UInt8(ascii: "\n")) {
                defer { position += 1 }
                let entry = UnsafeBufferPointer(rebasing: line)
                let attributes = try reader.read(entry, as: .entry)
                guard matches(entry, attributes) else { continue }
                shown += 1
                if let last {
                    kept.append((position, Array(entry)))
                    // Keeps memory at twice what was asked for.
                    if kept.count >= 2 * last { kept.removeFirst(kept.count - last) }
                } else {
                    print(position, entry, attributes)
                }
            }
        }
        for (position, entry) in kept.suffix(last ?? 0) {
            try entry.withUnsafeBufferPointer { entry in
                print(position, entry, try reader.read(entry, as: .entry))
            }
        }
    }

    private func matches(_ entry: UnsafeBufferPointer<UInt8>, _ attributes: EventAttributes) -> Bool {
        func holds(_ wanted: String?, _ range: Range<Int>) -> Bool {
            guard let wanted else { return true }
            return entry[range].elementsEqual(wanted.utf8)
        }
        return holds(subject, attributes.subject) && holds(type, attributes.type)
    }

    private func print(_ position: Int, _ entry: UnsafeBufferPointer<UInt8>, _ attributes: EventAttributes) {
        if output.json {
            Output.write(Array(entry) + [UInt8(ascii: "\n")])
            return
        }
        func text(_ range: Range<Int>) -> String { String(decoding: entry[range], as: UTF8.self) }
        Output.line(
            "\(position)  \(attributes.time)  \(text(attributes.source))  \(text(attributes.type))  "
                + "\(text(attributes.subject))"
        )
        Output.table(DocumentText.lines(text(attributes.data)), indent: "      ")
    }
}
