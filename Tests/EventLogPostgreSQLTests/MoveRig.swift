#if PostgreSQL
    import AgendaModel
    import EventLog
    import EventLogPostgreSQL
    import EventLogSQLite
    import EventLogTesting
    import Foundation
    import Testing

    /// An agenda in a data folder, and a database into which it may move.
    final class MoveRig {
        let name = TestDatabase.newName()
        let data: DataFolder
        let database: AgendaDatabase
        let key: LogKey
        private var generator = AgendaGenerator(seed: 21, devices: 2)
        private let folder: URL
        private let environment = RuntimeEnvironment.system

        init() throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "ambit-move-\(UUID().uuidString)")
            data = DataFolder(at: folder.path(percentEncoded: false))
            database = try TestDatabase.open()
            key = LogKey.generate(origin: "log.voorbeeld.nl/agendas/\(name)")
            try data.create(name, key: key).store.close()
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        var inFolder: LogFolder { data.place(of: name) }
        var inDatabase: DatabasePlace { DatabasePlace(of: name, in: database, called: "the database") }

        /// Has one place's log grow as servers let it, with what is beside the entries too.
        func add(_ count: Int, to store: any LogStore) async throws {
            try await writing(to: store) { sequencer in
                var source: EventSource?
                for _ in 0..<count {
                    let event = generator.next()
                    source = event.source
                    let outcome = try await sequencer.push(Push(source: event.source, body: event.line))
                    #expect(outcome.rejected.isEmpty)
                }
                // What is no event is refused, and kept.
                let broken = try Push(source: #require(source), body: Array("{\"id\":\(generator.count)".utf8))
                #expect(try await sequencer.push(broken).rejected.count == 1)
            }
            _ = try invite(to: store)
        }

        // Has something done by the writer of a server that has shown this much.
        func writing<Value>(
            to store: any LogStore,
            seen: SeenInMemory = SeenInMemory(),
            _ body: (Sequencer) async throws -> Value
        ) async throws -> Value {
            let sequencer = try Sequencer(store: store, key: key, environment: environment, seen: seen)
            let result: Result<Value, any Error>
            do { result = .success(try await body(sequencer)) } catch { result = .failure(error) }
            await sequencer.shutDown()
            return try result.get()
        }

        /// - Returns: the code of a new invite.
        func invite(to store: any LogStore) throws -> String {
            let code = InviteCode.make(random: environment.random)
            let expires = Timestamp(millisecondsSince1970: 4_000_000_000_000)
            try store.add(Invite(hash: InviteCode.hash(code), role: .editor, member: nil, expires: expires))
            return code
        }

        /// Has a laptop redeem an invite.
        func enrol(_ code: String, by key: DeviceKey, in store: any LogStore) async throws -> Enrolled {
            let enrolment = Enrolment(
                .invite(code, memberName: "Verzonnen"),
                deviceName: "Laptop",
                key: key.publicKey,
                proof: key.sign(Enrolment.proofMessage(invite: code))
            )
            return try await writing(to: store) { try await $0.enrol(enrolment) }
        }

        /// A push of one project that this device starts.
        static func push(_ counter: Int, by device: DeviceID) throws -> Push {
            let line =
                #"{"specversion":"1.0","id":"\#(counter)","source":"\#(device)","type":"project.started","#
                + #""subject":"project/\#(device.id)-\#(counter)","time":"2026-11-12T10:11:12.123Z","basis":0,"#
                + #""data":{"title":"Warmtenet"}}"#
            return try Push(source: EventSource(device), body: Array(line.utf8))
        }

        func file(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

        // A copy of a log in a file, which has been checked.
        func backUp(_ log: any LogStore, to file: String) async throws -> LogHead {
            try await SQLiteLogStore.backUp(log, to: file, key: key, environment: environment)
        }

        /// Puts such a copy into the database.
        func restore(_ file: String) async throws -> LogSize {
            try await data.restore(
                name,
                from: file,
                key: nil,
                inPlaceOf: try? database.open(name).identity,
                progress: { _, _ in },
                putting: { log, key in
                    try await inDatabase.restore(log, key: key, environment: environment) { _, _ in }
                }
            ).size
        }

        func move(
            from source: any LogPlace,
            to target: any LogPlace,
            after: (LogMove.Step) throws -> Void = { _ in }
        ) async throws -> LogSize {
            try await LogMove(from: source, to: target, key: key, environment: environment).run(after: after)
        }

        /// In how many places servers find the log and may add to it.
        var open: (folder: Bool, database: Bool) {
            let inFolder = try? data.open(name).store
            defer { try? inFolder?.close() }
            return (inFolder != nil, (try? database.open(name)) != nil)
        }

        /// All that is in a log, to be compared.
        struct Contents: Equatable {
            var checkpoint: SignedCheckpoint?
            var entries: [UInt8]
            var members: [MemberID: Access.Member]
            var devices: [DeviceID: Access.Device]
            var tokens: [Hash: DeviceID]
            var invites: [Invite]
            var rejections: [Rejection]

            init(of store: any LogStore) throws {
                let head = try store.head()
                checkpoint = head.checkpoint
                entries = try store.entries(head.size.positions)
                let access = try store.access()
                (members, devices, tokens) = (access.members, access.devices, access.tokens)
                invites = try store.invites()
                rejections = try store.rejections(after: 0, limit: 1000).map { $0.rejection }
            }
        }

        func contentsInFolder() throws -> Contents {
            let store = try data.open(name).store
            defer { try? store.close() }
            return try Contents(of: store)
        }

        /// All that is in a copy.
        func contents(of file: String) throws -> Contents {
            let store = try SQLiteLogStore(at: file)
            defer { try? store.close() }
            return try Contents(of: store)
        }
    }
#endif
