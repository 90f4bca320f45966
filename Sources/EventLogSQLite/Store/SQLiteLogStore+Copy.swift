package import AgendaModel
package import EventLog
internal import SQLiteFiles

extension SQLiteLogStore {
    /// Copies a log of any store to a new file that only its owner can read, while others use it, and checks all of the copy.
    ///
    /// - Parameters:
    ///   - log: the log.
    ///   - file: where; there must be nothing.
    ///   - key: the log's own.
    ///   - environment: time and randomness.
    /// - Returns: the end of the log in the copy.
    /// - Throws: `LogDifference` for a copy that is not sound, which is not kept; `LogError`: `alreadyExists`, `notFound`
    ///   for a missing folder, `locked` for a log that never rests, `readOnly`, `diskFull`, `inputOutput`; what reading
    ///   the log throws.
    package static func backUp(
        _ log: any LogStore,
        to file: String,
        key: LogKey,
        environment: RuntimeEnvironment
    ) async throws -> LogHead {
        let head: LogHead
        if let store = log as? SQLiteLogStore {
            head = try store.backUp(to: file)
        } else {
            head = try await copy(log, to: file, key: key, environment: environment)
        }
        do {
            let report = try LogFile(reading: file).check(key: log.identity.verifierKey)
            guard report.size == head.size else {
                throw LogError(.corrupt, "the copy \(file) has \(report.size) entries instead of \(head.size)")
            }
            SideFiles.remove(of: file)
            return head
        } catch {
            SideFiles.removeDatabase(at: file)
            throw error
        }
    }

    private static func copy(
        _ log: any LogStore,
        to file: String,
        key: LogKey,
        environment: RuntimeEnvironment
    ) async throws -> LogHead {
        let new = try NewLogFile(at: file)
        do {
            let store = try create(at: new.temporary, identity: log.identity)
            defer { try? store.close() }
            let head = try await LogCopy(of: log, into: store, key: key, environment: environment).run()
            try new.finish(store)
            return head
        } catch {
            new.abandon()
            throw error
        }
    }
}
