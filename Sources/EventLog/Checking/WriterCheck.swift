package import AgendaModel

/// Holds entries against who may write what: the role that stands in front of an entry has to allow its type.
///
/// Of devices and members whose entries were erased nobody can say any more what they might. Neither can anybody in a
/// log that tells of no members at all.
package struct WriterCheck {
    private var access = AccessReplay()
    /// By the numbers of the entries' types; nil where nobody has asked yet.
    private var types: [Catalogue.EventType??] = []
    /// By the numbers of the entries' sources; thrown away when access changes.
    private var writers: [Writer?] = []

    /// From when on servers hold what is somebody's own to its author; what was taken before is judged as it was then.
    private let authorsHeldFrom: Timestamp

    private enum Writer {
        case server
        case member(Role)
        case nobody
        /// What it may is not known any more, or the source is none that this version knows.
        case unknown
    }

    package init(authorsHeldFrom: Timestamp = Self.authorsHeldFrom) {
        self.authorsHeldFrom = authorsHeldFrom
    }

    /// 1 December 2026, before the first release.
    package static let authorsHeldFrom = Timestamp(millisecondsSince1970: 1_796_083_200_000)

    /// Takes the next entry.
    ///
    /// - Throws: `LogDifference` when its author had no right to it.
    package mutating func take(_ entry: CheckedEntry) throws(LogDifference) {
        if let type = type(of: entry) {
            let mayWrite =
                switch writer(of: entry) {
                case .unknown: true
                case .server: true
                case .nobody: false
                case .member(let role):
                    (type.writers.allows(role) && (type.writers.allowsForOthers(role) || isByAuthor(entry)))
                        || (type.writers.subjectItself && entry.isAboutItsSource)
                        // Servers enrol devices alone; one that an admin has recorded gives no access.
                        || (role == .admin && type.name == "device.enrolled")
                }
            guard mayWrite else {
                throw LogDifference(
                    .entry(entry.position),
                    "is \(type.name), which \(entry.text(entry.attributes.source)) was not allowed to record then"
                )
            }
        }
        let version = access.version
        access.take(entry)
        if access.version != version { writers = [] }
    }

    private func isByAuthor(_ entry: CheckedEntry) -> Bool {
        if isEarlier(entry) { return true }
        guard let device = EventSource(unchecked: entry.text(entry.attributes.source)).device else { return true }
        return access.isCreator(device, of: entry.text(entry.attributes.subject)) ?? true
    }

    private func isEarlier(_ entry: CheckedEntry) -> Bool {
        EntrySuffix.recordedTime(of: entry.bytes).map { $0 < authorsHeldFrom } ?? false
    }

    private mutating func type(of entry: CheckedEntry) -> Catalogue.EventType? {
        while types.count <= entry.type { types.append(nil) }
        if let known = types[entry.type] { return known }
        let type = Catalogue.current.type(named: entry.text(entry.attributes.type))
        types[entry.type] = .some(type)
        return type
    }

    private mutating func writer(of entry: CheckedEntry) -> Writer {
        while writers.count <= entry.source { writers.append(nil) }
        if let known = writers[entry.source] { return known }
        let writer = lookUp(EventSource(unchecked: entry.text(entry.attributes.source)))
        writers[entry.source] = writer
        return writer
    }

    private func lookUp(_ source: EventSource) -> Writer {
        guard let device = source.device else { return source == .server ? .server : .unknown }
        if access.members.isEmpty { return .unknown }
        if access.erased.contains(device.rawValue) { return .unknown }
        if let member = access.devices[device]?.member, access.erased.contains(member.rawValue) { return .unknown }
        return access.role(ofDevice: device).map { .member($0) } ?? .nobody
    }
}

extension CheckedEntry {
    fileprivate var isAboutItsSource: Bool { bytes[attributes.subject].elementsEqual(bytes[attributes.source]) }
}
