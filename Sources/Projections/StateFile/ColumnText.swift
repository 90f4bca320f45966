/// A text as columns of the state file have it: U+0000, at which a column's text would end, is written otherwise.
///
/// Different texts stay different, and in their order, bytewise. Of what stands in the log, no type of this version has it.
/// Several texts stand in one column with what none of them has in between.
enum ColumnText {
    /// What is put in front of a byte that is written otherwise; it is one itself.
    private static let mark: UInt8 = 1
    /// What the mark is put in front of between two texts.
    private static let border: UInt8 = 3

    static func stored(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 <= mark }) else { return text }
        return String(decoding: text.utf8.flatMap { $0 <= mark ? [mark, $0 + mark] : [$0] }, as: UTF8.self)
    }

    /// Several texts, in their order.
    static func stored(_ texts: [String]) -> String {
        texts.map { stored($0) }.joined(separator: String(decoding: [mark, border], as: UTF8.self))
    }

    /// - Returns: nil for what is not stored so.
    static func text(of stored: String) -> String? {
        guard stored.utf8.contains(where: { $0 <= mark }) else { return stored }
        guard let texts = texts(of: stored), texts.count == 1 else { return nil }
        return texts[0]
    }

    /// - Returns: nil for what is not stored so.
    static func texts(of stored: String) -> [String]? {
        var texts: [String] = []
        var bytes: [UInt8] = []
        var rest = stored.utf8.makeIterator()
        while let byte = rest.next() {
            guard byte <= mark else {
                bytes.append(byte)
                continue
            }
            guard byte == mark, let next = rest.next() else { return nil }
            switch next {
            case mark...2 * mark: bytes.append(next - mark)
            case border:
                texts.append(String(decoding: bytes, as: UTF8.self))
                bytes = []
            default: return nil
            }
        }
        return texts + [String(decoding: bytes, as: UTF8.self)]
    }
}
