import AgendaModel
import EventLog
import GRDB
import Testing

@testable import EventLogSQLite
@testable import Projections
@testable import SyncClient

@Suite("Erased bytes that cannot be cleared out of a laptop's files")
struct ScrubFailureTests {
    enum File: CaseIterable {
        case log, state

        func pool(of replica: Replica) -> DatabasePool {
            switch self {
            case .log: replica.store.pool
            case .state: replica.stateFile.pool
            }
        }

        func path(of replica: Replica) -> String {
            switch self {
            case .log: replica.files.log
            case .state: replica.files.state
            }
        }

        /// Refuses to note that the file has been rewritten, which is what scrubbing does after writing it anew.
        var obstacle: String {
            switch self {
            case .log:
                """
                CREATE TRIGGER obstacle BEFORE UPDATE ON meta WHEN OLD.key = 'scrub'
                BEGIN SELECT RAISE(ABORT, 'as planned'); END
                """
            case .state:
                """
                CREATE TRIGGER obstacle BEFORE UPDATE ON meta WHEN OLD.scrub = 1 AND NEW.scrub = 2
                BEGIN SELECT RAISE(ABORT, 'as planned'); END
                """
            }
        }
    }

    @Test("Every sync says so until it is done, and does all else", arguments: File.allCases)
    func reported(_ file: File) async throws {
        try await Erasing.run { agenda in
            let admin = try await agenda.clone("beheerder")
            let reader = try await agenda.clone("lezer", .auditor)
            let project = try admin.record(type: "project.started", data: #"{"title":"Warmtenet"}"#).subject
            try admin.record(type: "note.added", data: #"{"about":"\#(project)","text":"Verzonnen: Jan Jansen belde"}"#)
            for replica in [admin, reader] { #expect(try await agenda.sync(replica).scrubFailures == []) }
            try agenda.redact(try agenda.position(of: "Jan Jansen"), on: admin)
            #expect(try await agenda.sync(admin).scrubFailures == [])

            let pool = file.pool(of: reader)
            try await pool.writeWithoutTransaction { try $0.execute(sql: file.obstacle) }
            // The second time nothing is new, and it is tried and said all the same.
            for _ in 0..<2 {
                let summary = try await agenda.sync(reader)
                #expect(summary.size == (try agenda.store.head().size))
                #expect(summary.scrubFailures.count == 1)
                #expect(summary.scrubFailures.first?.message.contains(file.path(of: reader)) == true)
                #expect(summary.scrubFailures.first?.nextStep?.contains("sync again") == true)
            }

            try await pool.writeWithoutTransaction { try $0.execute(sql: "DROP TRIGGER obstacle") }
            #expect(try await agenda.sync(reader).scrubFailures == [])
            try agenda.expectAgreement([admin, reader], without: "Jan Jansen")
        }
    }
}
