/// A value that a statement is given, in the binary form of its type.
struct Parameter: Sendable {
    /// The type's number in PostgreSQL's catalogue, `pg_type.oid`.
    let type: UInt32
    /// nil for NULL.
    let bytes: [UInt8]?

    private enum TypeNumber {
        static let bool: UInt32 = 16
        static let bytea: UInt32 = 17
        static let int8: UInt32 = 20
        static let text: UInt32 = 25
        static let byteaArray: UInt32 = 1001
        static let textArray: UInt32 = 1009
        static let int8Array: UInt32 = 1016
    }

    static func integer(_ value: Int?) -> Parameter {
        Parameter(type: TypeNumber.int8, bytes: value.map { bigEndian(Int64($0)) })
    }

    static func text(_ value: String?) -> Parameter {
        Parameter(type: TypeNumber.text, bytes: value.map { Array($0.utf8) })
    }

    static func bytes(_ value: [UInt8]?) -> Parameter { Parameter(type: TypeNumber.bytea, bytes: value) }

    static func bool(_ value: Bool) -> Parameter { Parameter(type: TypeNumber.bool, bytes: [value ? 1 : 0]) }

    static func integers(_ values: [Int]) -> Parameter {
        array(TypeNumber.int8Array, of: TypeNumber.int8, values.map { bigEndian(Int64($0)) })
    }

    static func texts(_ values: [String]) -> Parameter {
        array(TypeNumber.textArray, of: TypeNumber.text, values.map { Array($0.utf8) })
    }

    static func bytesList(_ values: [[UInt8]]) -> Parameter {
        array(TypeNumber.byteaArray, of: TypeNumber.bytea, values)
    }

    /// One dimension that counts from 1, or none; no element is NULL (PostgreSQL's `array_recv`).
    private static func array(_ type: UInt32, of element: UInt32, _ values: [[UInt8]]) -> Parameter {
        var bytes = bigEndian(Int32(values.isEmpty ? 0 : 1)) + bigEndian(Int32(0)) + bigEndian(element)
        if !values.isEmpty { bytes += bigEndian(Int32(values.count)) + bigEndian(Int32(1)) }
        for value in values { bytes += bigEndian(Int32(value.count)) + value }
        return Parameter(type: type, bytes: bytes)
    }

    private static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }
}
