/// A subject that was looked for by words.
public struct FoundSubject: Hashable, Sendable {
    /// `<kind>/<id>`.
    public let subject: String
    /// What it is called: its title or name, otherwise the beginning of its text.
    public let title: String
}
