/// What is broken on purpose about a guard: shows that the schedules would notice.
package enum GuardCanary: String, CaseIterable, Sendable {
    /// Nothing is noted of what has been shown.
    case forgetsShown = "forgets-shown"
    /// Once a loss was accepted, whatever has a size of what was lost is taken for a part of it.
    case ignoresSizes = "ignores-sizes"
    /// What others have shown of a log without its note is taken for all that there was.
    case believesOthers = "believes-others"
}
