internal import AgendaModel
internal import Deflate
internal import EventLog
internal import Synchronization

/// Entry bundles that were compressed lately: those who follow a public log ask for the same ones, again and again.
///
/// They are known by their content, so a bundle in which an entry was erased is another one. What nobody asks for any more
/// goes when room is needed, the oldest first.
final class CompressedBundles: Sendable {
    /// In bytes, of what is kept.
    static let maximumBytes = 16 * 1024 * 1024

    private struct State {
        var kept: [Hash: [UInt8]] = [:]
        /// The oldest first.
        var order: [Hash] = []
        var bytes = 0
    }

    private let state = Mutex(State())
    private let compress: @Sendable ([UInt8]) -> [UInt8]

    init(compress: @escaping @Sendable ([UInt8]) -> [UInt8] = { Gzip.compress($0) }) { self.compress = compress }

    /// How much is kept, in bytes.
    var keptBytes: Int { state.withLock { $0.bytes } }

    /// The bundle in gzip, when it is kept.
    ///
    /// - Parameter hash: SHA-256 of the bundle.
    /// - Returns: a gzip member.
    func kept(_ hash: Hash) -> [UInt8]? { state.withLock { $0.kept[hash] } }

    /// The bundle in gzip; blocks for as long as compressing takes, when it is not kept.
    ///
    /// - Parameters:
    ///   - bytes: the bundle.
    ///   - hash: SHA-256 of it.
    /// - Returns: a gzip member.
    func compressed(_ bytes: [UInt8], hash: Hash) -> [UInt8] {
        if let known = kept(hash) { return known }
        let made = compress(bytes)
        state.withLock { state in
            // Somebody else may have been as fast.
            guard made.count <= Self.maximumBytes, state.kept.updateValue(made, forKey: hash) == nil else { return }
            state.order.append(hash)
            state.bytes += made.count
            while state.bytes > Self.maximumBytes {
                state.bytes -= state.kept.removeValue(forKey: state.order.removeFirst())?.count ?? 0
            }
        }
        return made
    }
}
