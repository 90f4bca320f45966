public import AgendaModel
public import GRDB

// The model's values as columns: a number or a text alone. What is stored was checked before, so reading does not check.

extension Position: DatabaseValueConvertible {}
extension LogSize: DatabaseValueConvertible {}
extension Counter: DatabaseValueConvertible {}

extension Identifier where Self: DatabaseValueConvertible {
    /// The text.
    public var databaseValue: DatabaseValue { rawValue.databaseValue }

    /// Takes a text as it is stored; nil for anything else.
    public static func fromDatabaseValue(_ value: DatabaseValue) -> Self? {
        String.fromDatabaseValue(value).map { Self(unchecked: $0) }
    }
}

extension DeviceID: DatabaseValueConvertible {}
extension MemberID: DatabaseValueConvertible {}
extension EventSource: DatabaseValueConvertible {}
