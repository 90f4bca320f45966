package import AgendaModel
package import EventLog

/// Where pages get what shows that a value stands in the signed log.
package struct ProofSource {
    /// Who holds an entry against the log.
    package enum Checker: Sendable {
        /// This program, when it is told to: all values of a page, or those of one entry; nil before that.
        case here(Wanted?)
        /// The visitor's browser, with the evidence that lies below this address, by position.
        case visitor(evidence: String)
    }

    /// What is to be checked.
    package enum Wanted: Hashable, Sendable {
        case everything
        case entry(Position)

        /// Reads a position, or `all`; nil for anything else.
        package init?(_ text: String) {
            if text == "all" {
                self = .everything
            } else if let number = Int(text), number >= 0 {
                self = .entry(Position(number))
            } else {
                return nil
            }
        }
    }

    /// Has every entry that the state was folded from.
    let log: any LogReader
    let checker: Checker

    package init(_ log: any LogReader, checkedBy checker: Checker) {
        self.log = log
        self.checker = checker
    }
}
