internal import EventLog
internal import Foundation
internal import GRDB

/// A row of which nothing is believed, not even the types of its columns.
struct StoredRow {
    let row: Row
    let place: LogDifference.Place

    init(_ row: Row, _ place: LogDifference.Place) {
        self.row = row
        self.place = place
    }

    /// Selects a column of text so that `text` reads it: as the bytes that are stored.
    ///
    /// What is no text comes as a number, which no text is.
    static func text(_ name: String) -> String {
        "CASE typeof(\(name)) WHEN 'text' THEN CAST(\(name) AS BLOB) WHEN 'null' THEN NULL ELSE 0 END AS \(name)"
    }

    func integer(_ column: Int) throws -> Int {
        guard let value = try optionalInteger(column) else { throw wrong(column, "an integer") }
        return value
    }

    func optionalInteger(_ column: Int) throws -> Int? {
        switch value(column) {
        case .null: return nil
        case .int64(let value): return Int(value)
        default: throw wrong(column, "an integer")
        }
    }

    func bytes(_ column: Int) throws -> [UInt8] {
        guard let bytes = try optionalBytes(column) else { throw wrong(column, "bytes") }
        return bytes
    }

    func optionalBytes(_ column: Int) throws -> [UInt8]? {
        switch value(column) {
        case .null: return nil
        case .blob(let data): return [UInt8](data)
        default: throw wrong(column, "bytes")
        }
    }

    func hash(_ column: Int) throws -> Hash {
        guard let hash = Hash(bytes: try bytes(column)) else { throw wrong(column, "32 bytes") }
        return hash
    }

    func text(_ column: Int) throws -> String {
        guard let text = try optionalText(column) else { throw wrong(column, "a text") }
        return text
    }

    func optionalText(_ column: Int) throws -> String? {
        switch value(column) {
        case .null: return nil
        case .blob(let data):
            guard let text = String(validating: data, as: UTF8.self) else { throw wrong(column, "text in UTF-8") }
            return text
        default: throw wrong(column, "a text")
        }
    }

    private func value(_ column: Int) -> DatabaseValue.Storage { (row[column] as DatabaseValue).storage }

    private func wrong(_ column: Int, _ expected: String) -> LogDifference {
        let name = row.columnNames.dropFirst(column).first ?? "\(column)"
        return LogDifference(place, "its \(name) is not \(expected)")
    }
}
