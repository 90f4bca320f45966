internal import AgendaModel

// What a group of jobs adds to the log.
extension LogWriter {
    /// A group takes no more jobs beyond this many bytes: bounds memory.
    private static let groupBytes = 32 * 1024 * 1024
    /// A group takes no more jobs after so long: bounds the time until the first answer, and until the others' turn.
    private static let groupTime = Duration.milliseconds(10)

    struct Group {
        var batch: Batch
        var answers: [(LogHead) -> Void] = []
        /// What the commit is for the guard, once it is made.
        var wasCommitted: (() throws -> Void)?
    }

    /// Works out what a group adds.
    ///
    /// - Parameters:
    ///   - jobs: the first one, and what an attempt before this one has taken besides; grows.
    ///   - next: where more come from.
    /// - Returns: the group.
    /// - Throws: what the store throws.
    func build(_ jobs: inout [WriterJob], _ next: NextJob) throws -> Group {
        let start = environment.elapsed()
        var group = Group(batch: Batch(base: tip, now: jobs[0].repair?.lastRecordedTime ?? environment.now()))
        for job in jobs { try take(job, into: &group) }
        var bytes = jobs.reduce(0) { $0 + $1.bytes }
        while !jobs[0].mendsLog, environment.elapsed() - start < Self.groupTime {
            guard let job = next({ [bytes] in !$0.mendsLog && bytes + $0.bytes <= Self.groupBytes }) else { break }
            jobs.append(job)
            bytes += job.bytes
            try take(job, into: &group)
        }
        return group
    }

    private func take(_ job: WriterJob, into group: inout Group) throws {
        let server = ServerWriting(environment: environment)
        do {
            try job.right?.check(group.batch.access)
            guard standing.takesEntries || job.mendsLog else { throw standing.refusal(at: tip.head.size) }
            try checkClock(for: job)
            switch job.work {
            case .push(let push, let lookup, let answer):
                let verdicts = try PushSequencing.take(push, lookup: lookup, into: &group.batch, cache: &cache)
                if push.accessEvents.contains(where: \.isAboutDevice) {
                    try server.revokeDevicesLeftBehind(in: &group.batch, &cache)
                }
                group.answers.append { answer.resume(returning: verdicts.outcome(head: $0)) }
            case .record(let event, let answer):
                let verdicts = try server.take([event], into: &group.batch, cache: &cache)
                try server.revokeDevicesLeftBehind(in: &group.batch, &cache)
                group.answers.append { answer.resume(returning: verdicts.outcome(head: $0)) }
            case .enrol(let enrolment, let answer):
                let prepared = try server.enrol(enrolment, into: &group.batch, &cache)
                group.answers.append { answer.resume(returning: prepared.enrolled(head: $0)) }
            case .token(let request, let answer):
                let token = try server.take(request, into: &group.batch)
                group.answers.append { _ in answer.resume(returning: token) }
            case .invite(let invite, let answer):
                group.batch.change(.inviteMade(invite))
                group.answers.append { _ in answer.resume() }
            case .repair(let repair, let answer):
                try RepairSequencing.take(repair, into: &group.batch, cache: &cache)
                let isWhole = group.batch.size == repair.checkpoint.checkpoint.size && !group.batch.isEmpty
                group.wasCommitted = { [self] in
                    // What the store notes of a repair is not in the batch.
                    isCurrent = false
                    try reloadIfNeeded()
                    if isWhole { logGuard.prove() }
                }
                group.answers.append { answer.resume(returning: $0) }
            case .acceptLoss(let answer):
                guard let loss = logGuard.loss(at: tip) else {
                    group.answers.append { _ in answer.resume(returning: nil) }
                    return
                }
                let verdicts = try server.take([.accepted(loss, at: tip.head.size)], into: &group.batch, cache: &cache)
                if let refused = verdicts.rejected.first { throw PushError(.unavailable, refused.problem.detail) }
                group.wasCommitted = { [self] in try logGuard.accept(at: tip) }
                group.answers.append { _ in answer.resume(returning: loss) }
            }
        } catch let error as PushError {
            group.answers.append { _ in job.fail(error) }
        } catch let error as StaleLookup {
            group.answers.append { _ in job.fail(error) }
        } catch let error as EnrolmentError {
            group.answers.append { _ in job.fail(error) }
        } catch let error as RepairError {
            // It may have got into the batch, which is its alone, before it was found wanting.
            group.batch = Batch(base: tip, now: environment.now())
            group.answers.append { _ in job.fail(error) }
        }
    }
}

extension LogWriter {
    /// A wrong time in the log cannot be taken back, so a clock that cannot be right adds nothing.
    private func checkClock(for job: WriterJob) throws {
        guard !acceptsClock, job.repair == nil else { return }
        let last = tip.head.recordedTime
        let fault = ClockFault.found(at: environment.now(), after: last, writer: job.writersTime)
        defer { clockFault = fault }
        guard let fault else { return }
        let error = PushError(.implausibleClock, fault.explanation)
        if clockFault == nil { report(UpkeepFailure(.timing, error)) }
        throw error
    }
}
