package import AgendaModel

/// Who stands behind the source of an event, as the documents say.
package struct Author: Hashable, Sendable {
    package var source: EventSource
    package var deviceName: String?
    /// Whose device it is.
    package var member: MemberID?
    package var memberName: String?

    package init(
        source: EventSource,
        deviceName: String? = nil,
        member: MemberID? = nil,
        memberName: String? = nil
    ) {
        self.source = source
        self.deviceName = deviceName
        self.member = member
        self.memberName = memberName
    }

    /// Whether this is whom somebody means by a name.
    ///
    /// The name may be the member's or the device's subject, with or without its kind. It may also be the member's name,
    /// in upper or lower case.
    package func answers(to name: String) -> Bool {
        let subjects = [source.rawValue, member?.rawValue].compactMap(\.self)
        if subjects.contains(where: { $0 == name || $0.drop { $0 != "/" }.dropFirst() == name }) { return true }
        return memberName.map { $0.lowercased() == name.lowercased() } ?? false
    }
}
