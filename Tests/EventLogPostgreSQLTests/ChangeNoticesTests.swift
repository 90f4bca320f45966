#if PostgreSQL
    import AgendaModel
    import Dispatch
    import EventLog
    import EventLogPostgreSQL
    import EventLogTesting
    import Synchronization
    import Testing

    /// One log, as two processes have it.
    private struct SharedLog {
        private let databases: [AgendaDatabase]
        let writer: PostgreSQLLogStore
        let reader: PostgreSQLLogStore

        init(_ identity: LogIdentity) throws {
            databases = [try TestDatabase.open(), try TestDatabase.open()]
            let name = TestDatabase.newName()
            writer = try databases[0].create(name, identity: identity)
            reader = try databases[1].open(name)
        }

        func close() {
            for database in databases { database.close() }
        }
    }

    @Suite("A process that shares a database")
    struct ChangeNoticesTests {
        @Test("hears of what others commit to a log, and not of what it commits itself")
        func hearing() throws {
            var generator = CommitGenerator(seed: 11)
            let log = try SharedLog(generator.identity)
            defer { log.close() }
            let (writer, reader) = (log.writer, log.reader)
            let heard = DispatchSemaphore(value: 0)
            let isReady = (writer: DispatchSemaphore(value: 0), reader: DispatchSemaphore(value: 0))
            let own = Mutex(0)
            writer.listen {
                own.withLock { $0 += 1 }
                isReady.writer.signal()
            }
            let calls = Mutex(0)
            reader.listen {
                // The first call says that it listens from now on.
                let isFirst = calls.withLock { calls in
                    defer { calls += 1 }
                    return calls == 0
                }
                (isFirst ? isReady.reader : heard).signal()
            }
            isReady.writer.wait()
            isReady.reader.wait()
            #expect(try writer.append(generator.next(count: 3), expecting: .zero) == .committed)
            heard.wait()
            #expect(own.withLock { $0 } == 1, "a process is told of its own commits")
            #expect(try reader.head().size == generator.history.size)
        }

        @Test("is told at most once in a while, however much is committed")
        func rate() throws {
            var generator = CommitGenerator(seed: 12)
            let log = try SharedLog(generator.identity)
            defer { log.close() }
            let (writer, reader) = (log.writer, log.reader)
            let calls = Mutex(0)
            let (isReady, heard) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            writer.listen { isReady.signal() }
            reader.listen {
                calls.withLock { $0 += 1 }
                heard.signal()
            }
            isReady.wait()
            heard.wait()
            let start = ContinuousClock.now
            for _ in 0..<60 {
                let size = generator.history.size
                #expect(try writer.append(generator.next(count: 1), expecting: size) == .committed)
            }
            heard.wait()
            let elapsed = ContinuousClock.now - start
            // One for each twentieth of a second that has begun, and the one at the start.
            let most = Int((elapsed / .milliseconds(50)).rounded(.up)) + 2
            #expect(calls.withLock { $0 } <= most)
        }
    }
#endif
