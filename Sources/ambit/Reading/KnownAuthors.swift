import AgendaModel
import EventLog
import Wording

/// Everybody who can have recorded something: members and devices, under all names that they have had.
struct KnownAuthors {
    private var names: [String: Set<String>] = ["server": ["server"]]
    /// Who uses a device, by device.
    private(set) var members: [String: String] = [:]

    /// Reads the whole log: who has another name today is found under the former one as well.
    init(in log: any LogReader) throws {
        var reader = EventReader()
        let kinds = ["member/", "device/"].map { Array($0.utf8) }
        try log.forEachBlock(in: try log.head().size.positions) { _, _, entries in
            for line in entries.split(separator: UInt8(ascii: "\n")) {
                let entry = UnsafeBufferPointer(rebasing: line)
                let attributes = try reader.read(entry, as: .entry)
                guard kinds.contains(where: { entry[attributes.subject].starts(with: $0) }) else { continue }
                let subject = String(decoding: entry[attributes.subject], as: UTF8.self)
                names[subject, default: []].insert(subject)
                guard attributes.tombstone == nil else { continue }
                let data = try JSONValue(parsing: Array(entry[attributes.data]))
                if let member = data["member"]?.text { members[subject] = member }
                if let name = data["name"]?.text { names[subject]?.insert(name) }
            }
        }
    }

    /// The subjects that names mean.
    ///
    /// A name is a subject, with or without its kind. Or it is a name, or a part of one that nobody else has, in upper
    /// or lower case. Somebody may have the name of a subject: whole, it means the subject.
    ///
    /// - Throws: `Failure` with `unknown-subject` or `ambiguous-subject`.
    func subjects(_ given: [String], _ localizer: Localizer) throws -> Set<String> {
        Set(try given.map { try subject($0, localizer) })
    }

    /// Under which names somebody is known, or was once.
    func names(of subject: String) -> Set<String> { (names[subject] ?? []).subtracting([subject]) }

    /// The devices that authors recorded with: those of a member, or a device itself.
    func sources(of authors: Set<String>) -> Set<String> {
        authors.union(members.filter { authors.contains($0.value) }.keys)
    }

    /// Where the entries of authors stand that hold data, and may lose it.
    func positions(recordedBy authors: Set<String>, in log: any LogReader) throws -> [Position] {
        let sources = sources(of: authors)
        var reader = EventReader()
        var found: [Position] = []
        try log.forEachBlock(in: try log.head().size.positions) { first, _, entries in
            for (index, line) in entries.split(separator: UInt8(ascii: "\n")).enumerated() {
                let entry = UnsafeBufferPointer(rebasing: line)
                let attributes = try reader.read(entry, as: .entry)
                guard attributes.tombstone == nil, Tombstone.mayReplace(type: entry[attributes.type]),
                    sources.contains(String(decoding: entry[attributes.source], as: UTF8.self))
                else { continue }
                found.append(first + index)
            }
        }
        return found
    }

    private func subject(_ given: String, _ localizer: Localizer) throws -> String {
        let wanted = given.lowercased()
        if let whole = [given, wanted].first(where: { names[$0] != nil }) { return whole }
        func found(_ fits: (_ subject: String, _ name: String) -> Bool) -> [String] {
            names.filter { subject, names in names.contains { fits(subject, $0.lowercased()) } }.keys.sorted()
        }
        let whole = found { subject, name in name == wanted || subject.drop { $0 != "/" }.dropFirst() == wanted }
        let all = whole.isEmpty ? found { _, name in name.contains(wanted) } : whole
        // What somebody's laptop is called is mostly not what is meant.
        let members = all.filter { !$0.hasPrefix("device/") }
        let candidates = members.isEmpty ? all : members
        guard let first = candidates.first else {
            throw Failure(localizer.message(.nobodyCalledSo, ["name": given]), code: "unknown-subject")
        }
        guard candidates.count == 1 else {
            let list = candidates.map { subject in
                (names[subject] ?? []).filter { $0 != subject }.sorted().joined(separator: ", ") + " (\(subject))"
            }
            throw Failure(
                localizer.message(.severalCalledSo, ["name": given, "list": list.joined(separator: "; ")]),
                code: "ambiguous-subject"
            )
        }
        return first
    }
}
