#if PostgreSQL
    import AgendaModel
    import EventLog
    import EventLogSQLite
    import EventLogTesting
    import Foundation
    import Testing

    @testable import EventLogPostgreSQL

    @Suite("A backup of a log in a database")
    struct DatabaseBackupTests {
        private let rig: MoveRig
        private let file: String

        init() throws {
            rig = try MoveRig()
            file = rig.file("backup.sqlite")
        }

        /// The rig's log, in the database.
        private func makeLog(_ count: Int) async throws -> PostgreSQLLogStore {
            let store = try rig.data.open(rig.name).store
            try await rig.add(count, to: store)
            try store.close()
            _ = try await rig.move(from: rig.inFolder, to: rig.inDatabase)
            return try rig.database.open(rig.name)
        }

        @Test("that is made while others write is whole, and put back it is the log of that moment")
        func underLoad() async throws {
            let log = try await makeLog(300)
            let (code, key) = (try rig.invite(to: log), DeviceKey.generate())
            let device = try await rig.enrol(code, by: key, in: log).device
            let before = try log.head().size
            let head = try await rig.writing(to: log) { sequencer in
                let writing = Task {
                    var counter = 0
                    while !Task.isCancelled {
                        counter += 1
                        let outcome = try await sequencer.push(MoveRig.push(counter, by: device))
                        #expect(outcome.rejected.isEmpty)
                    }
                }
                while sequencer.head.size == before { await Task.yield() }
                let head = try await rig.backUp(log, to: file)
                writing.cancel()
                _ = await writing.result
                return head
            }
            #expect(head.size > before)
            #expect(try log.head().size >= head.size)
            let kept = try rig.contents(of: file)
            #expect(kept.checkpoint == head.checkpoint)
            #expect(kept.tokens.values.contains(device))
            #expect(try await rig.restore(file) == head.size)
            #expect(try MoveRig.Contents(of: rig.database.open(rig.name)) == kept)
        }

        @Test("takes the log's place: who has that open adds nothing more, and who has shown more of it takes nothing")
        func older() async throws {
            let log = try await makeLog(20)
            let seen = SeenInMemory()
            try await rig.writing(to: log, seen: seen) { _ in }
            let size = try await rig.backUp(log, to: file).size
            let (code, key) = (try rig.invite(to: log), DeviceKey.generate())
            let device = try await rig.enrol(code, by: key, in: log).device
            try await rig.writing(to: log, seen: seen) { sequencer in
                let outcome = try await sequencer.push(MoveRig.push(1, by: device))
                #expect(outcome.rejected.isEmpty)
            }
            let shown = try log.head().size
            #expect(shown > size)

            #expect(try await rig.restore(file) == size)
            await #expect(throws: (any Error).self) { try await rig.add(1, to: log) }
            let restored = try rig.database.open(rig.name)
            let standing = try await rig.writing(to: restored, seen: seen) { $0.standing }
            #expect(standing == .behind(shown))
            // The canary: a server that had shown nothing would go on.
            let unguarded = try await rig.writing(to: restored) { $0.standing }
            #expect(unguarded == .complete)
        }

        @Test("is put back again when that was cut off, whatever arrived before")
        func cutOff() async throws {
            let log = try await makeLog(20)
            _ = try await rig.backUp(log, to: file)
            try await rig.add(20, to: log)
            // More has arrived than the backup has.
            let arriving = try rig.database.create(rig.inDatabase.arrival, log.identity)
            try await LogCopy(of: log, into: arriving, key: rig.key, environment: .system).run()
            let kept = try rig.contents(of: file)
            for _ in 1...2 {
                _ = try await rig.restore(file)
                #expect(try MoveRig.Contents(of: rig.database.open(rig.name)) == kept)
            }
        }

        @Test("does not take the place of another log")
        func otherLog() async throws {
            let log = try await makeLog(5)
            let other = try MoveRig()
            let store = try other.data.open(other.name).store
            try await other.add(5, to: store)
            _ = try await rig.backUp(log, to: file)
            _ = try store.backUp(to: rig.file("other.sqlite"))
            try store.close()
            let before = try MoveRig.Contents(of: log)
            await #expect(throws: LogError.self) { _ = try await rig.restore(rig.file("other.sqlite")) }
            #expect(try MoveRig.Contents(of: rig.database.open(rig.name)) == before)
        }

        @Test("is not kept when the database says what the signed entries do not")
        func notSound() async throws {
            let log = try await makeLog(20)
            let size = try log.head().size
            _ = try LogStoreCheck(log).run()
            let commit = Commit(
                first: size.next,
                count: 0,
                recordedTime: Timestamp(millisecondsSince1970: 0),
                entries: [],
                checkpoint: nil,
                access: [.member("member/nobody00", role: .admin, isActive: true)],
                isRepair: true
            )
            #expect(try log.append(commit, expecting: size) == .committed)
            await #expect(throws: LogDifference.self) { _ = try await rig.backUp(log, to: file) }
            #expect(!FileManager.default.fileExists(atPath: file))
            #expect(throws: LogDifference.self) { _ = try LogStoreCheck(log).run() }
        }
    }
#endif
