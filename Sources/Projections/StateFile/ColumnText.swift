/// A text as columns of the state file have it: U+0000, at which a column's text would end, is written otherwise.
///
/// Different texts stay different, and in their order, bytewise. Of what stands in the log, no type of this version has it.
enum ColumnText {
    /// What is put in front of a byte that is written otherwise; it is one itself.
    private static let mark: UInt8 = 1

    static func stored(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 <= mark }) else { return text }
        return String(decoding: text.utf8.flatMap { $0 <= mark ? [mark, $0 + mark] : [$0] }, as: UTF8.self)
    }

    /// - Returns: nil for what is not stored so.
    static func text(of stored: String) -> String? {
        guard stored.utf8.contains(where: { $0 <= mark }) else { return stored }
        var bytes: [UInt8] = []
        var rest = stored.utf8.makeIterator()
        while let byte = rest.next() {
            guard byte <= mark else {
                bytes.append(byte)
                continue
            }
            guard byte == mark, let next = rest.next(), (mark...2 * mark).contains(next) else { return nil }
            bytes.append(next - mark)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
