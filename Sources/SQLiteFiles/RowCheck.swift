internal import Deflate
internal import Foundation
package import GRDB

/// Holds rows of a file against the CRC-32 that was written with them.
///
/// A flipped bit is noticed before anybody is given what it makes of the row.
package enum RowCheck {
    /// Of the parts of a row, with where each ends.
    package static func value(_ parts: [UInt8]...) -> Int {
        var crc = CRC32()
        for part in parts { part.withUnsafeBufferPointer { add($0, to: &crc) } }
        return value(crc)
    }

    /// Of a row of two parts.
    package static func value(_ first: UnsafeBufferPointer<UInt8>, _ second: UnsafeBufferPointer<UInt8>) -> Int {
        var crc = CRC32()
        add(first, to: &crc)
        add(second, to: &crc)
        return value(crc)
    }

    /// The same in SQL, of any number of columns: `row_check(a, b, c)`.
    ///
    /// The type of a value counts too: a row that holds can be read as what was written.
    package static let function = DatabaseFunction("row_check", pure: true) { RowCheck.value(ofColumns: $0) }

    /// What `function` makes of the values of columns.
    package static func value(ofColumns columns: [DatabaseValue]) -> Int {
        var bytes: [UInt8] = []
        for column in columns { add(column, to: &bytes) }
        return value(bytes.withUnsafeBufferPointer { CRC32(of: $0) })
    }

    private static func add(_ column: DatabaseValue, to bytes: inout [UInt8]) {
        switch column.storage {
        case .null: addHead(0, 0, to: &bytes)
        case .int64(let number): addHead(1, UInt64(bitPattern: number), to: &bytes)
        case .double(let number): addHead(2, number.bitPattern, to: &bytes)
        case .string(let text):
            addHead(3, UInt64(text.utf8.count), to: &bytes)
            bytes += text.utf8
        case .blob(let data):
            addHead(4, UInt64(data.count), to: &bytes)
            bytes += data
        }
    }

    /// The type of a column's value, and the value or its length.
    private static func addHead(_ type: UInt8, _ number: UInt64, to bytes: inout [UInt8]) {
        bytes.append(type)
        withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }

    private static func add(_ part: UnsafeBufferPointer<UInt8>, to crc: inout CRC32) {
        crc.update(part)
        withUnsafeBytes(of: UInt64(part.count).littleEndian) { crc.update($0.bindMemory(to: UInt8.self)) }
    }

    /// With a sign, it takes four bytes in a file.
    private static func value(_ crc: CRC32) -> Int { Int(Int32(bitPattern: crc.rawValue)) }
}
