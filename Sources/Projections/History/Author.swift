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
}
