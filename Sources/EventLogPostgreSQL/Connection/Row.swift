/// A row that a statement gave, its values in the binary form of their types.
struct Row: Sendable {
    private let values: [[UInt8]?]

    init(_ values: [[UInt8]?]) { self.values = values }

    /// A value of type `bigint`.
    ///
    /// - Throws: `unreadable` when it is none.
    func integer(_ column: Int) throws(DatabaseFailure) -> Int {
        guard let value = try optionalInteger(column) else { throw DatabaseFailure(.unreadable) }
        return value
    }

    func optionalInteger(_ column: Int) throws(DatabaseFailure) -> Int? {
        guard let bytes = values[column] else { return nil }
        guard bytes.count == 8 else { throw DatabaseFailure(.unreadable) }
        return Int(truncatingIfNeeded: bytes.reduce(into: UInt64(0)) { $0 = $0 << 8 | UInt64($1) })
    }

    func bool(_ column: Int) throws(DatabaseFailure) -> Bool {
        guard let bytes = values[column], bytes.count == 1 else { throw DatabaseFailure(.unreadable) }
        return bytes[0] != 0
    }

    func bytes(_ column: Int) throws(DatabaseFailure) -> [UInt8] {
        guard let bytes = values[column] else { throw DatabaseFailure(.unreadable) }
        return bytes
    }

    func optionalBytes(_ column: Int) -> [UInt8]? { values[column] }

    func text(_ column: Int) throws(DatabaseFailure) -> String { String(decoding: try bytes(column), as: UTF8.self) }

    func optionalText(_ column: Int) -> String? { values[column].map { String(decoding: $0, as: UTF8.self) } }
}
