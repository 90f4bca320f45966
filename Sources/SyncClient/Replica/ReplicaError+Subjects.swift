// Why what somebody wrote is not one subject.

extension ReplicaError {
    static func unknownSubject(named text: String) -> ReplicaError {
        .unknownSubject(text.contains("/") ? text : "subject \(text)")
    }

    static func ambiguous(_ subjects: [String]) -> ReplicaError {
        ReplicaError(
            .ambiguousSubject,
            "several subjects are called so: \(subjects.joined(separator: ", "))",
            nextStep: "give it with its kind"
        )
    }

    static func severalTitled(_ text: String, _ found: [FoundSubject]) -> ReplicaError {
        let shown = found.prefix(maximumListed).map { "\($0.title) (\($0.subject))" }.joined(separator: ", ")
        let rest = found.count - maximumListed
        return ReplicaError(
            .ambiguousSubject,
            rest > 0
                ? "\"\(text)\" is in several titles: \(shown), and \(rest) more"
                : "\"\(text)\" is in several titles: \(shown)",
            nextStep: "give more of the title"
        )
    }

    static func wrongKind(_ found: FoundSubject, wanted: String) -> ReplicaError {
        ReplicaError(
            .wrongKind,
            "\(found.subject) (\(found.title)) is of another kind than \(wanted)",
            nextStep: "give a subject of the kind \(wanted)"
        )
    }

    /// How many candidates a message lists.
    private static let maximumListed = 10
}
