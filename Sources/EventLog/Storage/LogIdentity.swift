/// What a log is called and who vouches for it.
///
/// Fixed at creation.
package struct LogIdentity: Hashable, Sendable {
    package var origin: String
    package var verifierKey: VerifierKey
    package init(origin: String, verifierKey: VerifierKey) {
        self.origin = origin
        self.verifierKey = verifierKey
    }
}
