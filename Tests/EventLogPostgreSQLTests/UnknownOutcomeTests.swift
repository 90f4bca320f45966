#if PostgreSQL
    import AgendaModel
    import EventLog
    import EventLogPostgreSQL
    import EventLogTesting
    import Testing

    @Suite("A commit whose answer is lost")
    struct UnknownOutcomeTests {
        @Test("is in the log whole, or not at all, and the log goes on from there", arguments: [UInt64(1), 2, 3])
        func brokenInsideOfCommit(seed: UInt64) throws {
            var generator = CommitGenerator(seed: seed)
            let store = try TestDatabase.open().create(TestDatabase.newName(), identity: generator.identity)
            #expect(try Self.isWhole(store, breaking: store, &generator))
        }

        @Test("is missed where a store says that nothing was done: so the test above can fail")
        func canary() throws {
            var generator = CommitGenerator(seed: 1)
            let store = try TestDatabase.open().create(TestDatabase.newName(), identity: generator.identity)
            #expect(try !Self.isWhole(SureOfFailure(store: store), breaking: store, &generator))
        }

        @Test("is read only after another write has come back")
        func settling() throws {
            var generator = CommitGenerator(seed: 4)
            let store = try TestDatabase.open().create(TestDatabase.newName(), identity: generator.identity)
            let commit = generator.next(count: 3)
            store.breakNextWrite()
            #expect(throws: LogError.self) { try store.append(commit, expecting: .zero) }
            // The write that reading begins with is broken, too: so nothing is believed yet.
            store.breakNextWrite()
            #expect(throws: LogError.self) { try store.head() }
            _ = try store.head()
        }

        /// Whether the log has what it should after commits of which every second one is broken.
        private static func isWhole(
            _ store: some LogStore,
            breaking base: PostgreSQLLogStore,
            _ generator: inout CommitGenerator
        ) throws -> Bool {
            for round in 0..<20 {
                let size = generator.history.size
                var ahead = generator
                let commit = ahead.next(upTo: 300)
                if !round.isMultiple(of: 2) { base.breakNextWrite() }
                var outcome: AppendOutcome?
                do { outcome = try store.append(commit, expecting: size) } catch is LogError {
                    // Nobody knows: the log says.
                    let head = try store.head()
                    guard head.size == size || head.checkpoint == commit.checkpoint else { return false }
                    outcome = head.size == size ? try store.append(commit, expecting: size) : .committed
                }
                guard outcome == .committed else { return false }
                generator = ahead
            }
            let history = generator.history
            return try store.head().size == history.size
                && store.entries(history.size.positions) == history.block(history.size.positions)
        }
    }

    /// Takes a commit whose answer is lost for one that was not made.
    private struct SureOfFailure: ForwardingLogStore {
        let store: PostgreSQLLogStore

        func append(_ commit: Commit, expecting size: LogSize) throws -> AppendOutcome {
            do { return try store.append(commit, expecting: size) } catch { return .conflict(actual: size) }
        }
    }
#endif
