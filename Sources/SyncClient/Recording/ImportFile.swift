package import AgendaModel

/// A file of events to record, with local names in place of subjects that do not exist yet.
package struct ImportFile {
    /// 64 MiB and 1,000,000 lines.
    static let maximumLength = 64 * 1024 * 1024
    static let maximumLineCount = 1_000_000

    package struct Line {
        /// From 1.
        package var number: Int
        var draft: EventDraft
        /// The local name that it defines.
        package var name: String?
        /// What it was before, where it is an event or an entry.
        var imported: ImportedEvent?
    }

    package private(set) var lines: [Line] = []

    /// - Throws: `invalidImport` with the first bad line.
    package init(_ bytes: [UInt8], now: Timestamp) throws(ReplicaError) {
        guard bytes.count <= Self.maximumLength else {
            throw ReplicaError(.invalidImport, "the file has more than \(Self.maximumLength) bytes")
        }
        var names: Set<String> = []
        var number = 0
        // One line at a time: a list of all lines of a file of newlines would be fifty times its size.
        var rest = bytes[...]
        while !rest.isEmpty {
            let slice = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest.dropFirst(slice.count + 1)
            number += 1
            guard !slice.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) else { continue }
            guard lines.count < Self.maximumLineCount else {
                throw ReplicaError(.invalidImport, "the file has more than \(Self.maximumLineCount) events")
            }
            do throws(ReplicaError) {
                let line = try Self.line(slice, number: number, now: now)
                if let name = line.name, !names.insert(name).inserted {
                    throw Self.problem("as: the name \(name) is defined twice")
                }
                lines.append(line)
            } catch {
                throw error.onLine(number)
            }
        }
    }

    private static func line(
        _ slice: ArraySlice<UInt8>,
        number: Int,
        now: Timestamp
    ) throws(ReplicaError) -> Line {
        guard case .object(let members) = try JSONValue.reading(Array(slice)) else {
            throw problem("it is not a JSON object")
        }
        if members.contains(where: { $0.name == "specversion" }) {
            return try Line(number: number, event: members, slice)
        }
        var line = Line(number: number, draft: EventDraft(type: "", subject: nil, data: .object([]), time: nil))
        var hasData = false
        for member in members {
            if member.name == "data" {
                line.draft.data = member.value
                hasData = true
                continue
            }
            guard let value = member.value.text else { throw problem("\(excerpt(member.name)): must be a string") }
            switch member.name {
            case "type": line.draft.type = value
            case "subject": line.draft.subject = value
            case "as":
                guard isName(value) else { throw problem("as: a local name has 1 to 64 of a-z, 0-9, '-' and '_'") }
                line.name = value
            case "time":
                let time = try time(value)
                guard time <= now else { throw problem("time: must not be in the future") }
                line.draft.time = time
            default:
                throw problem("\(excerpt(member.name)): no such member; there are type, subject, as, time and data")
            }
        }
        guard !line.draft.type.isEmpty else { throw problem("type: is missing") }
        guard hasData else { throw problem("data: is missing") }
        if let number = line.draft.data.inexactNumber {
            throw problem("data: the number \(excerpt(number)) has more digits than can be kept; round it first")
        }
        if line.name != nil, Catalogue.current.type(named: line.draft.type)?.isCreating == false {
            throw problem("as: \(line.draft.type) does not create a subject")
        }
        return line
    }

    static func time(_ text: String) throws(ReplicaError) -> Timestamp {
        guard let time = Timestamp(text) else { throw problem("time: must be in the form 2026-11-12T10:11:12.123Z") }
        return time
    }

    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
    }

    private static func excerpt(_ text: String) -> String {
        // Scalars: one character may have any number of them.
        text.unicodeScalars.count <= 40 ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(40))) + "…"
    }

    static func problem(_ message: String) -> ReplicaError {
        ReplicaError(.invalidImport, message)
    }
}

extension ReplicaError {
    /// The same, as a problem of a line.
    func onLine(_ number: Int) -> ReplicaError {
        ReplicaError(.invalidImport, "line \(number): \(message)", nextStep: nextStep, line: number, problem: problem)
    }
}
