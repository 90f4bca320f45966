internal import AgendaModel
package import Projections

extension Localizer {
    /// A number that was computed, with at most two decimals.
    package func number(_ value: Double) -> String {
        let rounded = (value * 100).rounded() / 100
        guard case .number(let digits) = JSONValue(rounded.isFinite ? rounded : value) else { return "" }
        return number(digits)
    }
}

extension Course {
    /// Says it, without what it is about.
    package var message: Message {
        switch self {
        case .reached: .pageReached
        case .onCourse: .pageOnCourse
        case .behind: .pageBehind
        case .missed: .pageMissed
        case .running: .pageRunning
        }
    }
}
