internal import ArgumentParser
internal import Simulation

@main
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run laptops and servers under faults that follow from a seed, and hold them to what Ambit promises."
    )

    @Option(help: "The seeds to run: one, or a range such as 1...5000.")
    var seeds = "1...1000"

    @Option(help: "Run this seed alone.")
    var seed: UInt64?

    @Option(help: "How many seeds run at once.")
    var jobs = 2

    @Option(help: "Break something on purpose.")
    var canary: Canary?

    @Flag(help: "Break one thing after the other on purpose; each must be noticed.")
    var canaries = false

    @Option(
        help: """
            Run these schedules against the guard of a log, given as seeds are, and then without it, until that is noticed.
            """
    )
    var guardSchedules: String?

    @Option(
        help: """
            What servers keep their log in, beside the store in memory that it is held against: sqlite, or, with the trait \
            PostgreSQL, the address of a database that is for this alone.
            """
    )
    var store: String?

    @Option(help: "Begin no more seeds after so many seconds, and say how far it has come.")
    var seconds: Int?

    @Flag(help: "Print every step as it happens.")
    var trace = false

    func run() async throws {
        guard !canaries else { return try await runCanaries() }
        if let guardSchedules { return try await runGuard(range(guardSchedules)) }
        let range = try seed.map { $0...$0 } ?? range(seeds)
        let store = try store.map { try StoreSort($0) }
        let end = seconds.map { ContinuousClock.now + .seconds($0) }
        var statistics = Statistics()
        var failed: [SeedRun] = []
        let start = ContinuousClock.now
        let printing: @Sendable (String) -> Void = { line in print(line) }
        let listener = trace ? printing : nil
        await withTaskGroup(of: SeedRun.self) { group in
            var next = range.lowerBound
            func add() {
                guard next <= range.upperBound, end.map({ .now < $0 }) ?? true else { return }
                let seed = next
                next += 1
                group.addTask { [canary] in
                    await SeedRun.run(seed, on: store?.make, canary: canary, listener: listener)
                }
            }
            for _ in 0..<max(1, jobs) { add() }
            while let run = await group.next() {
                statistics.add(run.statistics)
                if !run.isSound { failed.append(run) }
                if trace || !run.isSound { report(run) }
                if failed.count < 5 { add() }
            }
        }
        summarize(statistics, start.duration(to: .now))
        if !failed.isEmpty { throw ExitCode.failure }
        if canary == nil, statistics.seeds >= Self.seedsWithEverything, !statistics.lacking.isEmpty {
            print("FAILED: never happened: \(statistics.lacking.joined(separator: ", "))")
            throw ExitCode.failure
        }
    }

    /// So many seeds meet every sort of fault, and every sort of work.
    private static let seedsWithEverything = 60

    /// Runs every canary until it is noticed, and fails when one is not.
    private func runCanaries() async throws {
        let start = ContinuousClock.now
        var caught = 0
        await withTaskGroup(of: CanaryRun.self) { group in
            var rest = Canary.allCases[...]
            func add() {
                guard let canary = rest.popFirst() else { return }
                group.addTask { await CanaryRun.run(canary) }
            }
            for _ in 0..<max(1, jobs) { add() }
            while let run = await group.next() {
                if let seed = run.caughtBy {
                    caught += 1
                    print("caught: \(run.canary.rawValue), by seed \(seed) (\(run.canary.breaks.rawValue))")
                } else {
                    print("FAILED: \(run.canary.rawValue) was not caught (\(run.canary.breaks.rawValue))")
                }
                add()
            }
        }
        print("\(caught) of \(Canary.allCases.count) canaries were caught in \(start.duration(to: .now).formatted)")
        if caught < Canary.allCases.count { throw ExitCode.failure }
    }

    private func runGuard(_ seeds: ClosedRange<UInt64>) async throws {
        let start = ContinuousClock.now
        var counts: [String: Int] = [:]
        var failed: [GuardSchedule] = []
        await withTaskGroup(of: GuardSchedule.self) { group in
            var next = seeds.lowerBound
            func add() {
                guard next <= seeds.upperBound, failed.count < 5 else { return }
                let seed = next
                next += 1
                group.addTask { await GuardSchedule.run(seed) }
            }
            for _ in 0..<max(1, jobs) { add() }
            while let schedule = await group.next() {
                counts.merge(schedule.counts, uniquingKeysWith: +)
                if schedule.breach != nil { failed.append(schedule) }
                add()
            }
        }
        print("\(seeds.count) schedules against the guard in \(start.duration(to: .now).formatted)")
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) { print("  \(count) \(name)") }
        for schedule in failed {
            for step in schedule.steps.suffix(12) { print("    \(step)") }
            print("FAILED: schedule \(schedule.seed): \(schedule.breach ?? "")")
        }
        guard failed.isEmpty else { throw ExitCode.failure }
        for canary in GuardCanary.allCases {
            guard let (seed, breach) = await caught(canary) else {
                print("FAILED: \(canary.rawValue) was not caught")
                throw ExitCode.failure
            }
            print("caught: \(canary.rawValue), by schedule \(seed) (\(breach))")
        }
    }

    private func caught(_ canary: GuardCanary) async -> (UInt64, String)? {
        for seed in 1...Self.unguarded {
            if let breach = await GuardSchedule.run(seed, canary: canary).breach { return (seed, breach) }
        }
        return nil
    }

    /// So many schedules with a guard that is broken suffice for a fork.
    private static let unguarded: UInt64 = 500

    private func range(_ text: String) throws -> ClosedRange<UInt64> {
        let ends = text.split(separator: ".", omittingEmptySubsequences: true).compactMap { UInt64($0) }
        guard let first = ends.first, let last = ends.last, ends.count <= 2, first <= last, last < .max else {
            throw ValidationError("seeds are one number, or a range such as 1...5000")
        }
        return first...last
    }

    private func report(_ run: SeedRun) {
        if !trace {
            for line in run.trace { print("    \(line)") }
        }
        let outcome = run.isSound ? "all promises were kept" : "FAILED"
        print("seed \(run.seed): \(outcome)  (trace \(String(run.traceHash, radix: 16)))")
        for breach in run.breaches { print("  broken: \(breach)") }
        if let error = run.error { print("  error: \(error)") }
        if !run.isSound { print("  again: swift run -c release simulate --seed \(run.seed) --trace") }
    }

    private func summarize(_ statistics: Statistics, _ duration: Duration) {
        print("\(statistics.seeds) seeds, \(statistics.steps) steps in \(duration.formatted)")
        for (name, count) in statistics.counts.sorted(by: { $0.key < $1.key }) { print("  \(count) \(name)") }
        print("faults:")
        for (name, count) in statistics.faults.sorted(by: { $0.key < $1.key }) { print("  \(count) \(name)") }
    }
}

extension Canary: ExpressibleByArgument {}

extension Duration {
    fileprivate var formatted: String {
        let tenths = Int(components.seconds) * 10 + Int(components.attoseconds / 100_000_000_000_000_000)
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
