internal import NIOCore
internal import Synchronization

/// The connections that are open: when there would be too many, in all or from one address, one of them gives way.
///
/// That is the one on which nothing has begun or ended for longest. One that is kept stays, as it is while a device's request
/// has a permit; no more than three quarters are. Owned by the server; event loops and requests call it.
final class ConnectionTable: Sendable {
    fileprivate typealias Key = ObjectIdentifier

    fileprivate struct Item {
        let channel: any Channel
        /// nil for one that counts for no address.
        let address: String?
        /// How many reasons there are to keep it.
        var reasons = 0
        var isKept = false
    }

    fileprivate struct State {
        var items: [Key: Item] = [:]
        /// How many are kept.
        var kept = 0
        /// Those that may be closed to make room.
        var dispensable = LongestUntouched<Key>()
        /// The same of each address, and how many it has in all.
        var addresses: [String: (count: Int, dispensable: LongestUntouched<Key>)] = [:]
    }

    private let limits: ConnectionLimits
    /// Held for look-ups alone.
    private let state = Mutex(State())

    init(_ limits: ConnectionLimits) { self.limits = limits }

    /// How many there are.
    var count: Int { state.withLock { $0.items.count } }

    /// Adds a connection, and closes another one when there would be too many; this one when no other may be closed.
    ///
    /// - Parameters:
    ///   - channel: the connection.
    ///   - address: where it comes from; nil for one that counts for no address, such as a proxy's.
    func add(_ channel: any Channel, from address: String?) {
        let superfluous = state.withLock { state in
            let key = ObjectIdentifier(channel)
            let superfluous = state.makeRoom(for: address, limits)
            state.items[key] = Item(channel: channel, address: address)
            if let address { state.addresses[address, default: (0, .init())].count += 1 }
            state.touch(key)
            switch superfluous {
            case .none: return nil as (any Channel)?
            case .other(let key): return state.items[key]?.channel
            case .itself: return channel
            }
        }
        superfluous?.close(promise: nil)
    }

    /// Notes that a request has begun or ended.
    func touch(_ channel: any Channel) { state.withLock { $0.touch(ObjectIdentifier(channel)) } }

    /// Keeps a connection until it is let go of as often; unless three quarters of all that there may be are kept by then.
    func keep(_ channel: any Channel) { state.withLock { $0.keep(ObjectIdentifier(channel), limits) } }

    /// No longer keeps a connection for one of the reasons that there were.
    func letGo(_ channel: any Channel) { state.withLock { $0.letGo(ObjectIdentifier(channel)) } }

    func remove(_ channel: any Channel) {
        state.withLock { state in
            let key = ObjectIdentifier(channel)
            state.forget(key)
            if state.items[key]?.isKept == true { state.kept -= 1 }
            guard let address = state.items.removeValue(forKey: key)?.address else { return }
            state.addresses[address]?.count -= 1
            if state.addresses[address]?.count == 0 { state.addresses[address] = nil }
        }
    }
}

extension ConnectionTable.State {
    fileprivate enum Superfluous {
        case none
        case other(ObjectIdentifier)
        case itself
    }

    /// Finds what is to be closed before there is one more.
    fileprivate mutating func makeRoom(for address: String?, _ limits: ConnectionLimits) -> Superfluous {
        let oldest: ObjectIdentifier?
        if let address, let own = addresses[address], own.count >= limits.each {
            oldest = addresses[address]?.dispensable.popFirst()
        } else if items.count >= limits.all {
            oldest = dispensable.popFirst()
        } else {
            return .none
        }
        guard let oldest else { return .itself }
        forget(oldest)
        return .other(oldest)
    }

    fileprivate mutating func touch(_ key: ObjectIdentifier) {
        guard let item = items[key], !item.isKept else { return }
        dispensable.touch(key)
        if let address = item.address { addresses[address]?.dispensable.touch(key) }
    }

    fileprivate mutating func keep(_ key: ObjectIdentifier, _ limits: ConnectionLimits) {
        guard let item = items[key] else { return }
        items[key]?.reasons += 1
        guard !item.isKept, kept < limits.kept else { return }
        items[key]?.isKept = true
        kept += 1
        forget(key)
    }

    fileprivate mutating func letGo(_ key: ObjectIdentifier) {
        guard let item = items[key], item.reasons > 0 else { return }
        items[key]?.reasons -= 1
        guard item.reasons == 1, item.isKept else { return }
        items[key]?.isKept = false
        kept -= 1
        touch(key)
    }

    /// It is none of those that may be closed any more.
    fileprivate mutating func forget(_ key: ObjectIdentifier) {
        dispensable.remove(key)
        if let address = items[key]?.address { addresses[address]?.dispensable.remove(key) }
    }
}
