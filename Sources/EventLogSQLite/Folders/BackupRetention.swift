package import AgendaModel

/// Which backups are kept: one of each of the last so many hours in which any was made, of days likewise, and so on.
///
/// So no clock that is wrong takes one away, and no server that stood still. The one that was just made is always kept.
package struct BackupRetention: Hashable, Sendable, CustomStringConvertible {
    /// Of how many units of time one is kept.
    private struct Rule: Hashable {
        var count: Int
        var unit: Unit
    }

    private enum Unit: Character, CaseIterable {
        case minute = "m"
        case hour = "h"
        case day = "d"
        case week = "w"

        var milliseconds: Int {
            switch self {
            case .minute: 60_000
            case .hour: 3_600_000
            case .day: 86_400_000
            case .week: 7 * 86_400_000
            }
        }
    }

    private var rules: [Rule]

    /// Reads `24h,30d`; nil for what is no such list.
    package init?(_ text: String) {
        rules = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let unit = part.last.flatMap(Unit.init), let count = Int(part.dropLast()),
                (1...100_000).contains(count)
            else { return nil }
            rules.append(Rule(count: count, unit: unit))
        }
        if rules.isEmpty { return nil }
    }

    package var description: String { rules.map { "\($0.count)\($0.unit.rawValue)" }.joined(separator: ",") }

    /// Those of these times whose backups are kept: the last one in each unit that a rule still counts.
    ///
    /// What a clock that was ahead has named is kept until that time comes, and takes no other one's place.
    ///
    /// - Parameters:
    ///   - times: of all backups.
    ///   - now: when the last one was made, by the clock as it is now.
    /// - Returns: the times of those that are kept.
    package func kept(of times: [Timestamp], at now: Timestamp) -> Set<Timestamp> {
        let past = times.filter { $0 <= now }
        var kept = Set(times.filter { $0 > now })
        if let newest = past.max() { kept.insert(newest) }
        for rule in rules {
            let length = rule.unit.milliseconds
            // Units of the calendar of UTC, so that the same ones are chosen whenever somebody looks.
            let units = Dictionary(grouping: past) { $0.millisecondsSince1970.divided(by: length) }
            for unit in units.keys.sorted(by: >).prefix(rule.count) {
                if let newest = units[unit]?.max() { kept.insert(newest) }
            }
        }
        return kept
    }
}

extension Int {
    /// Rounded down, before 1970 too.
    fileprivate func divided(by length: Int) -> Int { self >= 0 ? self / length : (self + 1) / length - 1 }
}
