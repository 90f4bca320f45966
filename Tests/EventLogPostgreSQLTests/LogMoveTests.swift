#if PostgreSQL
    import AgendaModel
    import EventLog
    import EventLogPostgreSQL
    import EventLogSQLite
    import EventLogTesting
    import Testing

    @Suite("Moving a log")
    struct LogMoveTests {
        @Test("into a database and back keeps all that is in it, and it grows wherever it is")
        func thereAndBack() async throws {
            let rig = try MoveRig()
            let first = try rig.data.open(rig.name).store
            try await rig.add(300, to: first)
            let before = try MoveRig.Contents(of: first)
            try first.close()
            #expect(before.rejections.count == 1 && before.invites.count == 1)
            #expect(try await rig.move(from: rig.inFolder, to: rig.inDatabase) == before.checkpoint?.checkpoint.size)
            let moved = try rig.database.open(rig.name)
            #expect(try MoveRig.Contents(of: moved) == before)
            // The folder holds no log any more for those who serve it beside the database.
            _ = try rig.data.beside(rig.name, holding: moved.identity)

            try await rig.add(40, to: moved)
            let grown = try MoveRig.Contents(of: moved)
            _ = try await rig.move(from: rig.inDatabase, to: rig.inFolder)
            #expect(try rig.contentsInFolder() == grown)
            #expect(throws: LogError.self) { try rig.database.open(rig.name) }

            let second = try rig.data.open(rig.name).store
            try await rig.add(5, to: second)
            let last = try MoveRig.Contents(of: second)
            try second.close()
            _ = try await rig.move(from: rig.inFolder, to: rig.inDatabase)
            #expect(try MoveRig.Contents(of: rig.database.open(rig.name)) == last)
        }

        @Test(
            "that is cut off anywhere leaves no two places open, and goes on when it is run again",
            arguments: LogMove.Step.allCases
        )
        func cutOff(after step: LogMove.Step) async throws {
            struct CutOff: Error {}
            let rig = try MoveRig()
            var store: any LogStore = try rig.data.open(rig.name).store
            try await rig.add(30, to: store)
            let places: [(any LogPlace, any LogPlace)] = [
                (rig.inFolder, rig.inDatabase), (rig.inDatabase, rig.inFolder),
            ]
            for (index, (source, target)) in places.enumerated() {
                try (store as? SQLiteLogStore)?.close()
                await #expect(throws: CutOff.self) {
                    _ = try await rig.move(from: source, to: target) { if $0 == step { throw CutOff() } }
                }
                let open = rig.open
                let (left, reached) = index == 0 ? (open.folder, open.database) : (open.database, open.folder)
                #expect(
                    left == (step == .copied),
                    "before it is left, the log is open at the source, and not afterwards"
                )
                #expect(reached == (step == .opened))
                // What servers add until the source is left comes along.
                if step == .copied {
                    let source = try #require(try source.log())
                    try await rig.add(3, to: source)
                    try (source as? SQLiteLogStore)?.close()
                }
                let size = try await rig.move(from: source, to: target)
                store = try #require(try target.log())
                #expect(try store.head().size == size)
                #expect(rig.open == (index == 1, index == 0))
            }
            try (store as? SQLiteLogStore)?.close()
        }

        @Test("ends it for a server that has it open")
        func serversThatGoOn() async throws {
            let rig = try MoveRig()
            let served = try rig.data.open(rig.name).store
            defer { try? served.close() }
            try await rig.add(10, to: served)
            _ = try await rig.move(from: rig.inFolder, to: rig.inDatabase)
            await #expect(throws: (any Error).self) { try await rig.add(1, to: served) }
            let moved = try rig.database.open(rig.name)
            #expect(try moved.head().size == served.head().size)
            _ = try await rig.move(from: rig.inDatabase, to: rig.inFolder)
            await #expect(throws: (any Error).self) { try await rig.add(1, to: moved) }
        }

        @Test("does not put it in the place of another one")
        func otherLog() async throws {
            let rig = try MoveRig()
            let store = try rig.data.open(rig.name).store
            try await rig.add(10, to: store)
            try store.close()
            let other = LogKey.generate(origin: rig.key.origin)
            _ = try rig.database.create(
                rig.name,
                identity: LogIdentity(origin: other.origin, verifierKey: other.verifier)
            )
            await #expect(throws: LogError.self) { _ = try await rig.move(from: rig.inFolder, to: rig.inDatabase) }
            #expect(rig.open == (true, true), "both are there as they were")
        }

        @Test("takes used invites along: each lets in nobody but the laptop that used it")
        func usedInvites() async throws {
            struct CutOff: Error {}
            let rig = try MoveRig()
            let first = try rig.data.open(rig.name).store
            try await rig.add(10, to: first)
            let (code, key) = (try rig.invite(to: first), DeviceKey.generate())
            // Copied while it is good, and used before the log is left.
            await #expect(throws: CutOff.self) {
                _ = try await rig.move(from: rig.inFolder, to: rig.inDatabase) { _ in throw CutOff() }
            }
            let enrolled = try await rig.enrol(code, by: key, in: first)
            try first.close()
            _ = try await rig.move(from: rig.inFolder, to: rig.inDatabase)
            let moved = try rig.database.open(rig.name)
            try await expect(code, of: enrolled, key, in: moved, rig)
            _ = try await rig.move(from: rig.inDatabase, to: rig.inFolder)
            let back = try rig.data.open(rig.name).store
            try await expect(code, of: enrolled, key, in: back, rig)
            try back.close()
        }

        /// An invite that was used lets the same laptop in again, and nobody else.
        private func expect(
            _ code: String,
            of enrolled: Enrolled,
            _ key: DeviceKey,
            in store: any LogStore,
            _ rig: MoveRig
        ) async throws {
            let size = try store.head().size
            let error = await #expect(throws: EnrolmentError.self) {
                _ = try await rig.enrol(code, by: DeviceKey.generate(), in: store)
            }
            #expect(error?.code == .usedInvite)
            let again = try await rig.enrol(code, by: key, in: store)
            #expect(again.device == enrolled.device && again.token != enrolled.token)
            #expect(try store.head().size == size)
        }

        @Test("refuses a copy that is not the same: so the comparison can fail")
        func canary() async throws {
            let rig = try MoveRig()
            let store = try rig.data.open(rig.name).store
            try await rig.add(10, to: store)
            try store.close()
            await #expect(throws: LogError.self) {
                _ = try await rig.move(from: rig.inFolder, to: rig.inDatabase) { step in
                    guard step == .completed else { return }
                    let identity = LogIdentity(origin: rig.key.origin, verifierKey: rig.key.verifier)
                    let expires = Timestamp(millisecondsSince1970: 1)
                    let invite = Invite(hash: .sha256([1]), role: .editor, member: nil, expires: expires)
                    try rig.inDatabase.arriving(identity).add(invite)
                }
            }
            #expect(!rig.open.database)
        }
    }
#endif
