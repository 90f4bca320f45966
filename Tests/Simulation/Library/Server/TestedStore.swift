package import EventLog
internal import Synchronization

/// Makes an empty store of the sort that is tested, each time another one; a folder is there for it until the seed ends.
package typealias StoreMaking = @Sendable (LogIdentity, _ folder: String) throws -> any LogStore

/// A sort of store that a simulation runs on, held against the one in memory.
final class TestedStore: Sendable {
    private let making: @Sendable (LogIdentity) throws -> any LogStore
    private let differences = Mutex<[String]>([])

    /// - Parameter making: makes an empty store each time; a store that goes back is made anew.
    init(making: @escaping @Sendable (LogIdentity) throws -> any LogStore) { self.making = making }

    func make(_ identity: LogIdentity) throws -> any LogStore { try making(identity) }

    /// Takes note of an answer that is another one than that of the store in memory.
    func differs(_ what: String) { differences.withLock { $0.append(what) } }

    /// What has been noted since this was asked last.
    func takeDifferences() -> [String] {
        differences.withLock { differences in
            defer { differences = [] }
            return differences
        }
    }
}
