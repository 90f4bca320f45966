/// Why a sync or a watch waits.
public struct WaitReason: Hashable, Sendable, CustomStringConvertible {
    /// What happened, in English.
    public let description: String
    /// What failed; nil where nothing did, such as when a server has ended a live stream.
    public let code: ReplicaError.Code?
}

extension WaitReason {
    init(_ error: ReplicaError) { self.init(description: error.message, code: error.code) }

    init(_ text: String) { self.init(description: text, code: nil) }
}
