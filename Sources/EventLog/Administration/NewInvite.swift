/// An invite that has just been made: the only moment when its code is known.
package struct NewInvite: Sendable {
    /// Shown once; only its hash is kept.
    package var code: String
    /// What is kept.
    package var invite: Invite
}
