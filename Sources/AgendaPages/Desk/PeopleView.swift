package import AgendaModel
internal import Wording

/// Who takes part in the agenda, with which laptops, as an admin's laptop knows it.
package struct PeopleContent: Sendable {
    package struct Member: Sendable {
        package var subject: String
        package var name: String
        package var role: String
        package var isActive: Bool
        package var devices: [Device]

        package init(subject: String, name: String, role: String, isActive: Bool, devices: [Device]) {
            self.subject = subject
            self.name = name
            self.role = role
            self.isActive = isActive
            self.devices = devices
        }
    }

    package struct Device: Sendable {
        package var subject: String
        package var name: String
        package var isRevoked: Bool
        /// What the server last saw of it; nil when it never did.
        package var seen: Sight?

        package init(subject: String, name: String, isRevoked: Bool, seen: Sight?) {
            self.subject = subject
            self.name = name
            self.isRevoked = isRevoked
            self.seen = seen
        }
    }

    package struct Sight: Sendable {
        package var time: Timestamp?
        /// How many entries of the log it had not had then; nil when it did not say.
        package var behind: Int?
        /// The program that it used, as it said; nil when it did not.
        package var version: String?

        package init(time: Timestamp?, behind: Int?, version: String? = nil) {
            self.time = time
            self.behind = behind
            self.version = version
        }
    }

    package struct Invite: Sendable {
        package var id: String
        package var role: String
        package var expires: Timestamp?
        /// Whether it lets nobody in, because who made it is no admin any more.
        package var isVoid: Bool

        package init(id: String, role: String, expires: Timestamp?, isVoid: Bool) {
            self.id = id
            self.role = role
            self.expires = expires
            self.isVoid = isVoid
        }
    }

    package var members: [Member]
    /// The open invites; nil when the server was not asked for them, nor for what it has seen.
    package var invites: [Invite]?
    /// An invite that was made just now, and the moment until which it works.
    package var made: (link: String, until: Timestamp?)?

    package init(members: [Member], invites: [Invite]?, made: (link: String, until: Timestamp?)? = nil) {
        self.members = members
        self.invites = invites
        self.made = made
    }
}

/// The content as the page shows it.
struct PeopleView {
    struct Member {
        var subject: String
        var name: String
        var standing: String
        var isActive: Bool
        var roles: [FormView.Option]
        var devices: [Device]
        var id: String
    }

    struct Device {
        var subject: String
        var name: String
        var seen: String?
        var isRevoked: Bool
    }

    struct Invite {
        var id: String
        var text: String
    }

    var members: [Member]
    var roles: [FormView.Option]
    var invites: [Invite]
    var hasInvites: Bool
    var made: String?
    var madeText: String
    var isAsked: Bool
    var ask: String
    var action: String
    var token: String

    init(_ content: PeopleContent, _ visit: PageVisit) {
        members = content.members.map { member in
            Member(
                subject: member.subject,
                name: member.name,
                standing: member.isActive
                    ? Vocabulary.value(member.role, of: "role", visit.language) : visit.say(.pageHasLeft),
                isActive: member.isActive,
                roles: Self.roles(member.role, visit),
                devices: member.devices.map { device in
                    let seen = content.invites == nil ? nil : Self.words(device.seen, visit)
                    return Device(subject: device.subject, name: device.name, seen: seen, isRevoked: device.isRevoked)
                },
                id: member.subject.idPart
            )
        }
        roles = Self.roles(Role.recorder.rawValue, visit)
        invites = (content.invites ?? []).map { invite in
            let role = Vocabulary.value(invite.role, of: "role", visit.language)
            let until = invite.expires.map { visit.say(.pageUntil, ["time": visit.localizer.moment($0)]) } ?? ""
            let state = invite.isVoid ? "; \(visit.say(.inviteVoid))" : ""
            return Invite(id: invite.id, text: "\(role), \(until)\(state)")
        }
        hasInvites = !invites.isEmpty
        made = content.made?.link
        madeText = visit.say(.pageInviteMade, ["time": content.made?.until.map(visit.localizer.moment) ?? ""])
        isAsked = content.invites != nil
        ask = visit.address("people", [("seen", "1")])
        action = visit.address("people")
        token = visit.desk?.token ?? ""
    }

    private static func roles(_ chosen: String, _ visit: PageVisit) -> [FormView.Option] {
        Role.allCases.map { role in
            let text = Vocabulary.value(role.rawValue, of: "role", visit.language)
            return FormView.Option(value: role.rawValue, text: text, isChosen: role.rawValue == chosen)
        }
    }

    private static func words(_ seen: PeopleContent.Sight?, _ visit: PageVisit) -> String {
        guard let seen, let time = seen.time else { return visit.say(.pageSeenNever) }
        let last = visit.say(.pageSeenLast, ["time": visit.localizer.moment(time)])
        let behind = seen.behind.map { behind in
            behind == 0 ? visit.say(.pageBehindNone) : visit.say(.pageBehindMany, ["count": visit.number(behind)])
        }
        return [last, behind, seen.version].compactMap(\.self).joined(separator: " · ")
    }
}

extension AgendaPages {
    /// Who takes part.
    package func people(_ content: PeopleContent) -> String {
        render("people", PeopleView(content, reader.visit), title: reader.visit.say(.pagePeople), section: "people")
    }
}
