import ArgumentParser
import SyncServer

/// A rate as it is given on the command line.
struct RateSetting {
    private var classes: [RateClass]
    /// nil lifts the limit.
    private var rate: Rate?

    /// Reads `push=50/500` or `all=off`.
    init(argument: String) throws {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            throw ValidationError("a rate has the form CLASS=PER_SECOND/BURST or CLASS=off")
        }
        let one = RateClass(rawValue: parts[0])
        guard parts[0] == "all" || one != nil else {
            let names = RateClass.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("there is no class \(parts[0]); the classes are \(names), and all")
        }
        classes = one.map { [$0] } ?? RateClass.allCases
        rate = Rate(parts[1])
        guard rate != nil || parts[1] == "off" else {
            throw ValidationError("\(parts[1]) is neither PER_SECOND/BURST, such as 50/500, nor off")
        }
    }

    func apply(to rates: inout Rates) {
        for one in classes { rates.byClass[one] = rate }
    }
}
