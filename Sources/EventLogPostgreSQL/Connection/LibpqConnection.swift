#if PostgreSQL
    internal import CPostgreSQL
    internal import Foundation

    /// A connection made with libpq, in its pipeline mode; blocks the thread that calls it.
    ///
    /// `@unchecked Sendable`: the pool hands it to one thread at a time, through a lock.
    final class LibpqConnection: DatabaseConnection, @unchecked Sendable {
        /// nil once it is closed.
        private var handle: OpaquePointer?
        /// Of the round trip that is under way.
        private var warnings: [String] = []
        private var breaks = false

        /// Connects, host by host as the address says, and says what the session needs.
        ///
        /// - Parameter address: a URI or a list of settings, as libpq takes them.
        /// - Throws: `unreachable`.
        init(_ address: String) throws(DatabaseFailure) {
            // What stands before the address is only used where it does not say otherwise; what stands after it always is.
            let settings = [
                ("connect_timeout", "5"), ("application_name", "ambit"), ("tcp_user_timeout", "20000"),
                ("keepalives_idle", "10"), ("dbname", address), ("client_encoding", "UTF8"),
                // A standby lags: whoever read from it would be shown a smaller log than there is.
                ("target_session_attrs", "read-write"),
            ]
            handle = Self.connect(settings)
            guard let handle, PQstatus(handle) == CONNECTION_OK else {
                let why = handle.map { String(cString: PQerrorMessage($0)) } ?? "no memory"
                close()
                throw DatabaseFailure(.unreachable(Self.firstLine(of: why)))
            }
            PQsetNoticeReceiver(handle, Self.receive, Unmanaged.passUnretained(self).toOpaque())
            guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else {
                close()
                throw DatabaseFailure(.unreachable("the connection has no pipeline mode"))
            }
            // A commit that has returned lasts, also where the database's own default is another one.
            _ = try run(
                [
                    Statement(
                        """
                        SELECT set_config('synchronous_commit', 'on', false)
                        WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')
                        """
                    )
                ],
                within: .seconds(5)
            )
        }

        deinit { close() }

        var isUsable: Bool { handle.map { PQstatus($0) == CONNECTION_OK } ?? false }

        func breakAfterSending() { breaks = true }

        func run(_ statements: [Statement], within limit: Duration) throws(DatabaseFailure) -> DatabaseAnswer {
            let deadline = ContinuousClock.now + limit
            do throws(DatabaseFailure) {
                let answer = try exchange(statements, deadline)
                // Nothing is left open for the next one.
                guard !isInTransaction else { throw DatabaseFailure(.lost) }
                return answer
            } catch {
                if isUsable, isInTransaction { _ = try? exchange([.rollback], deadline) }
                if error.isUnknownOutcome || isInTransaction { close() }
                throw error
            }
        }

        private var isInTransaction: Bool { handle.map { PQtransactionStatus($0) != PQTRANS_IDLE } ?? false }

        private func exchange(_ statements: [Statement], _ deadline: ContinuousClock.Instant) throws(DatabaseFailure)
            -> DatabaseAnswer
        {
            guard let handle else { throw DatabaseFailure(.lost) }
            warnings = []
            for statement in statements {
                guard Self.send(statement, handle) else { throw DatabaseFailure(.lost) }
            }
            guard PQpipelineSync(handle) == 1 else { throw DatabaseFailure(.lost) }
            try flush(handle, deadline)
            if breaks { shutdown(PQsocket(handle), Int32(SHUT_RDWR)) }
            var answer = DatabaseAnswer()
            var failure: DatabaseFailure?
            for _ in statements {
                let (rows, refusal) = try result(handle, deadline)
                answer.rows.append(rows)
                failure = failure ?? refusal
            }
            let sync = try next(handle, deadline)
            defer { PQclear(sync) }
            guard PQresultStatus(sync) == PGRES_PIPELINE_SYNC else { throw DatabaseFailure(.lost) }
            if let failure { throw failure }
            answer.warnings = warnings
            return answer
        }

        /// Closes the socket, which cancels nothing.
        private func close() {
            guard let handle else { return }
            PQfinish(handle)
            self.handle = nil
        }
    }

    // MARK: - Sending

    extension LibpqConnection {
        private static func connect(_ settings: [(String, String)]) -> OpaquePointer? {
            var keys = settings.map { UnsafePointer(strdup($0.0)) } + [nil]
            var values = settings.map { UnsafePointer(strdup($0.1)) } + [nil]
            defer { for text in keys + values { free(UnsafeMutablePointer(mutating: text)) } }
            return PQconnectdbParams(&keys, &values, 1)
        }

        private static func send(_ statement: Statement, _ handle: OpaquePointer) -> Bool {
            let parameters = statement.parameters
            let types = parameters.map { Oid($0.type) }
            let lengths = parameters.map { Int32($0.bytes?.count ?? 0) }
            let formats = [Int32](repeating: 1, count: parameters.count)
            // All values one behind the other; a byte more, so that an empty one has an address too.
            var bytes: [UInt8] = []
            let offsets = parameters.map { parameter -> Int? in
                guard let value = parameter.bytes else { return nil }
                bytes += value
                return bytes.count - value.count
            }
            bytes.append(0)
            return bytes.withUnsafeBytes { buffer in
                let values = offsets.map { offset in
                    offset.map { buffer.baseAddress!.advanced(by: $0).assumingMemoryBound(to: CChar.self) }
                }
                return PQsendQueryParams(
                    handle,
                    statement.sql,
                    Int32(parameters.count),
                    types,
                    values,
                    lengths,
                    formats,
                    1
                ) == 1
            }
        }

        private func flush(_ handle: OpaquePointer, _ deadline: ContinuousClock.Instant) throws(DatabaseFailure) {
            while true {
                switch PQflush(handle) {
                case 0: return
                case 1:
                    let ready = try wait(handle, for: Int16(POLLIN | POLLOUT), deadline)
                    // It may only go on reading once what it answers is read.
                    if ready & Int16(POLLIN) != 0, PQconsumeInput(handle) != 1 { throw DatabaseFailure(.lost) }
                default: throw DatabaseFailure(.lost)
                }
            }
        }

        private func wait(_ handle: OpaquePointer, for events: Int16, _ deadline: ContinuousClock.Instant)
            throws(DatabaseFailure) -> Int16
        {
            guard let ready = try ready(handle, for: events, deadline) else { throw DatabaseFailure(.unanswered) }
            return ready
        }

        /// What the socket is ready for; nil when the time is over.
        private func ready(_ handle: OpaquePointer, for events: Int16, _ deadline: ContinuousClock.Instant)
            throws(DatabaseFailure) -> Int16?
        {
            while true {
                let left = Int32(max(0, ((deadline - .now) / .milliseconds(1)).rounded(.up)))
                var descriptor = pollfd(fd: PQsocket(handle), events: events, revents: 0)
                switch poll(&descriptor, 1, left) {
                case 1...: return descriptor.revents
                case 0: return nil
                default: guard errno == EINTR else { throw DatabaseFailure(.lost) }
                }
            }
        }
    }

    // MARK: - Receiving

    extension LibpqConnection {
        /// Called by libpq with each notice and warning, on the thread that reads.
        private static let receive: PQnoticeReceiver = { context, result in
            guard let context, let state = ambit_sqlstate(result) else { return }
            let connection = Unmanaged<LibpqConnection>.fromOpaque(context).takeUnretainedValue()
            connection.warnings.append(String(cString: state))
        }

        func notices(within limit: Duration) throws(DatabaseFailure) -> [String] {
            guard let handle else { throw DatabaseFailure(.lost) }
            // Some may have come with answers.
            let known = heard(handle)
            guard known.isEmpty, try ready(handle, for: Int16(POLLIN), .now + limit) != nil else { return known }
            guard PQconsumeInput(handle) == 1 else { throw DatabaseFailure(.lost) }
            return heard(handle)
        }

        private func heard(_ handle: OpaquePointer) -> [String] {
            var notices: [String] = []
            while let notice = PQnotifies(handle) {
                if notice.pointee.be_pid != PQbackendPID(handle) {
                    notices.append(String(cString: notice.pointee.extra))
                }
                PQfreemem(notice)
            }
            return notices
        }

        private func next(_ handle: OpaquePointer, _ deadline: ContinuousClock.Instant) throws(DatabaseFailure)
            -> OpaquePointer?
        {
            while PQisBusy(handle) == 1 {
                _ = try wait(handle, for: Int16(POLLIN), deadline)
                guard PQconsumeInput(handle) == 1 else { throw DatabaseFailure(.lost) }
            }
            return PQgetResult(handle)
        }

        /// What one statement gave, or why it was refused.
        private func result(_ handle: OpaquePointer, _ deadline: ContinuousClock.Instant) throws(DatabaseFailure)
            -> ([Row], DatabaseFailure?)
        {
            guard let result = try next(handle, deadline) else { throw DatabaseFailure(.lost) }
            defer { PQclear(result) }
            let answer: ([Row], DatabaseFailure?)
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK: answer = (Self.rows(result), nil)
            case PGRES_COMMAND_OK, PGRES_PIPELINE_ABORTED: answer = ([], nil)
            default:
                guard let state = ambit_sqlstate(result), PQstatus(handle) == CONNECTION_OK else {
                    throw DatabaseFailure(.lost)
                }
                answer = ([], DatabaseFailure(.refused(String(cString: state))))
            }
            guard try next(handle, deadline) == nil else { throw DatabaseFailure(.lost) }
            return answer
        }

        private static func rows(_ result: OpaquePointer) -> [Row] {
            let columns = PQnfields(result)
            return (0..<PQntuples(result)).map { row in
                Row(
                    (0..<columns).map { column -> [UInt8]? in
                        guard PQgetisnull(result, row, column) == 0 else { return nil }
                        let count = Int(PQgetlength(result, row, column))
                        return PQgetvalue(result, row, column).withMemoryRebound(to: UInt8.self, capacity: count) {
                            Array(UnsafeBufferPointer(start: $0, count: count))
                        }
                    }
                )
            }
        }

        private static func firstLine(of text: String) -> String {
            String(text.split(separator: "\n", maxSplits: 1).first ?? "nothing is said of it")
        }
    }
#endif
