package import AgendaModel
package import Wording

/// Who looks at a page, where it is, and what the host lets them do.
package struct PageVisit: Sendable {
    /// Says things in the visitor's language and time zone.
    package var localizer: Localizer
    /// The day that the visitor calls today, `YYYY-MM-DD`.
    package var today: String
    /// The day that it is where the laptop's clock is known to be ahead, `YYYY-MM-DD`: later ones are doubted; nil for `today`.
    package var likelyDay: String?
    /// What stands before the paths of all pages: empty, `/agendas/<name>`, or the secret path of a laptop's.
    package var base: String
    /// The address that was asked for below `base`, with its query, for links to the same page in another language.
    package var path: String
    /// The earlier size that is looked at; nil = now.
    package var past: Past?
    /// Whether there is an agenda to look around in.
    package var hasAgenda = true
    /// Whether who did what is for the visitor.
    package var showsHistory = true
    /// The language that the visitor chose, which every link carries; nil when nobody did, or a cookie remembers it.
    package var chosenLanguage: Language?
    /// How the laptop stands; nil where nothing can be recorded.
    package var desk: Desk?
    /// What was done just now, to be told above the page.
    package var notice: Notice?
    /// The files that can be taken along; none where there are none.
    package var files: [File] = []

    package init(localizer: Localizer, today: String, base: String, path: String) {
        self.localizer = localizer
        self.today = today
        self.base = base
        self.path = path
    }

    /// An earlier moment of the agenda.
    package struct Past: Hashable, Sendable {
        package var size: LogSize
        /// When the last entry of it was recorded; nil before the first.
        package var time: Timestamp?

        package init(size: LogSize, time: Timestamp?) {
            self.size = size
            self.time = time
        }
    }

    /// A laptop that records.
    package struct Desk: Hashable, Sendable {
        /// How many events wait to be sent.
        package var notSent: Int
        package var refused: Int
        package var conflicts: Int
        /// How many own events have no effect, which nobody has looked at.
        package var overtaken = 0
        /// What the member may do.
        package var role: Role
        /// Goes with every form.
        package var token: String
        /// Of how the laptop stood before the page was read.
        package var mark: String
        /// The laptop's devices, read before `next`; nil where they are not known.
        package var own: OwnDevices?
        /// The counter of the next event that it records, read before the page.
        package var next = Counter(1)

        package init(notSent: Int, refused: Int, conflicts: Int, role: Role, token: String, mark: String) {
            self.notSent = notSent
            self.refused = refused
            self.conflicts = conflicts
            self.role = role
            self.token = token
            self.mark = mark
        }
    }

    /// A file that can be taken along.
    package struct File: Hashable, Sendable {
        /// As snapshots call it.
        package var name: String
        /// Where it is; nil where the pages' own host has it.
        package var address: String?

        package init(_ name: String, at address: String? = nil) {
            self.name = name
            self.address = address
        }
    }

    /// Something that was done, or that went wrong.
    package struct Notice: Hashable, Sendable {
        package var text: String
        package var isProblem: Bool
        /// The counter of an event that can be taken back; nil for none.
        package var undo: Int?

        package init(_ text: String, isProblem: Bool = false, undo: Int? = nil) {
            self.text = text
            self.isProblem = isProblem
            self.undo = undo
        }
    }
}

extension PageVisit {
    var language: Language { localizer.language }

    func say(_ message: Message, _ values: [String: String] = [:]) -> String { localizer.message(message, values) }

    func number(_ count: Int) -> String { localizer.number("\(count)") }

    /// The address of a page, at the moment that is looked at.
    ///
    /// - Parameters:
    ///   - path: below the base, without a query; empty for the overview.
    ///   - query: names and values.
    /// - Returns: the address, without a host.
    func href(_ path: String, _ query: [(String, String)] = []) -> String {
        let query = query + (past.map { [("at", "\($0.size)")] } ?? [])
        return address(path, query)
    }

    /// The address of a page as the agenda is now.
    ///
    /// - Parameters:
    ///   - path: below the base, without a query; empty for the overview.
    ///   - query: names and values.
    ///   - language: which the address asks for; nil for the chosen one.
    /// - Returns: the address, without a host.
    package func address(_ path: String, _ query: [(String, String)] = [], in language: Language? = nil) -> String {
        let query = query + ((language ?? chosenLanguage).map { [("language", $0.rawValue)] } ?? [])
        let page = base + (path.isEmpty ? (base.isEmpty ? "/" : "") : "/\(path)")
        guard !query.isEmpty else { return page }
        return page + "?" + query.map { "\($0.0)=\(URLText.escaped($0.1))" }.joined(separator: "&")
    }
}
