internal import AgendaModel

extension [Register] {
    /// Whether the reason that a subject's document has is about something else that the document has: the event that wrote it
    /// wrote that too.
    ///
    /// A later event without a reason leaves the former one in the document, where it would explain what it is not about.
    package var hasReasonThatHolds: Bool {
        guard let reason = first(where: { $0.path == "/reason" })?.heads.first else { return false }
        return contains { register in
            guard register.path != "/reason", let head = register.heads.first else { return false }
            return head.source == reason.source && head.counter == reason.counter
        }
    }
}
