public import AgendaModel

/// How a conflict is to be settled.
public enum SettlementChoice: Hashable, Sendable {
    /// With the value that is shown.
    case keep
    /// With the value of this number, from 1, in the order of `OpenConflict.values`.
    case take(Int)
    /// With another value; `null` = absent.
    case value(JSONValue)
}
