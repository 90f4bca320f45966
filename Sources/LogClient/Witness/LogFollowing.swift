internal import AgendaModel
package import EventLog

/// Follows logs for a witness, each in a task of its own, so that none of them holds up another.
package struct LogFollowing: Sendable {
    private let followers: [LogFollower]
    private let interval: Duration
    private let sleep: @Sendable (Duration) async throws -> Void
    private let report: @Sendable (VerifierKey, LogVisit) -> Void

    /// - Parameters:
    ///   - followers: of one log each.
    ///   - interval: how long to wait between two visits.
    ///   - sleep: waits; throws when the task is cancelled.
    ///   - report: called after each visit.
    package init(
        _ followers: [LogFollower],
        every interval: Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void = RuntimeEnvironment.system.sleep,
        report: @escaping @Sendable (VerifierKey, LogVisit) -> Void
    ) {
        self.followers = followers
        self.interval = interval
        self.sleep = sleep
        self.report = report
    }

    /// Goes on until the task is cancelled.
    package func run() async {
        await withTaskGroup { group in
            for follower in followers { group.addTask { await follow(follower) } }
        }
    }

    /// Visits every log once.
    package func once() async {
        await withTaskGroup { group in
            for follower in followers { group.addTask { report(follower.log, await follower.visit()) } }
        }
    }

    private func follow(_ follower: LogFollower) async {
        var schedule = VisitSchedule(interval: interval)
        while !Task.isCancelled {
            let visit = await follower.visit()
            // What ends with the task was no fault of the log's.
            if Task.isCancelled { return }
            report(follower.log, visit)
            do { try await sleep(schedule.delay(after: visit)) } catch { return }
        }
    }
}
