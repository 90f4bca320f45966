internal import AgendaModel
internal import Deflate
internal import Foundation
internal import GRDB

/// Holds rows of a state file against the CRC-32 that was written with them: a flipped bit is noticed before anybody is given
/// what it makes of the row.
enum RowCheck {
    /// Of the parts of a row, with where each ends.
    static func value(_ parts: [UInt8]...) -> Int {
        var crc = CRC32()
        for part in parts {
            part.withUnsafeBufferPointer { crc.update($0) }
            withUnsafeBytes(of: UInt64(part.count).littleEndian) { crc.update($0.bindMemory(to: UInt8.self)) }
        }
        return Int(crc.rawValue)
    }

    /// - Throws: `damaged` when the column holds no text.
    static func text(_ row: Row, _ column: Int) throws -> String {
        guard let text = String.fromDatabaseValue(row[column]) else { throw SubjectRow.damaged }
        return text
    }

    /// - Throws: `damaged` when the column holds no bytes.
    static func bytes(_ row: Row, _ column: Int) throws -> [UInt8] {
        guard case .blob(let data) = (row[column] as DatabaseValue).storage else { throw SubjectRow.damaged }
        return Array(data)
    }

    /// - Throws: `damaged` when the column holds another number than belongs to these parts.
    static func verify(_ row: Row, _ column: Int, is expected: Int) throws {
        guard Int.fromDatabaseValue(row[column]) == expected else { throw SubjectRow.damaged }
    }
}
