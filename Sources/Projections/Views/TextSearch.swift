internal import AgendaModel
internal import Foundation

/// Looks for words in texts, without regard to case and accents.
package struct TextSearch: Sendable {
    /// As `folded` makes them; none is empty.
    let pieces: [BytePattern]

    /// - Parameter words: all of them have to be found, in any order and in any of the texts.
    package init(words: some Sequence<some StringProtocol>) {
        pieces = words.map { Self.folded(String($0)) }.filter { !$0.isEmpty }.map { BytePattern($0) }
    }

    /// - Parameter text: has to be found as it is, spaces too; what is empty is found everywhere.
    package init(text: String) { self.init(words: CollectionOfOne(text)) }

    /// Whether nothing is looked for, so that everything is found.
    package var isEmpty: Bool { pieces.isEmpty }

    /// Whether all that is looked for is in some of the texts; never in none.
    package func finds(in texts: [String]) -> Bool {
        guard !texts.isEmpty else { return false }
        let folded = texts.map { Array(Self.folded($0).utf8) }
        return pieces.allSatisfy { piece in folded.contains { piece.isPart(of: $0) } }
    }

    /// A text as it is compared: in small letters, without accents.
    package static func folded(_ text: String) -> String {
        text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
    }
}

/// Says of encoded registers whether a search may find something in them: what it says no to needs no document.
struct QuickSearch {
    private let search: TextSearch
    private let fields: [[UInt8]]
    /// A text in small letters, for one after the other.
    private var letters: [UInt8] = []

    init(_ search: TextSearch, in fields: [String]) {
        self.search = search
        self.fields = fields.map { Array($0.utf8) }
    }

    /// - Throws: `damaged` for bytes that are no registers.
    mutating func finds(inRegisters registers: [UInt8], of subject: String) throws -> Bool {
        var missing = search.pieces
        var hasText = false
        let read: Void? = State.forEachShownValue(inRegisters: registers, of: subject) { path, value in
            guard fields.contains(path), value.first == UInt8(ascii: "\"") else { return }
            hasText = true
            guard !missing.isEmpty else { return }
            letters.removeAll(keepingCapacity: true)
            for byte in value.dropFirst().dropLast() {
                // Whatever else is written in it, only what reads all of it can say.
                guard byte < 0x80, byte != UInt8(ascii: "\\") else { return missing.removeAll() }
                let isLarge = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                letters.append(isLarge ? byte | 0x20 : byte)
            }
            missing.removeAll { $0.isPart(of: letters) }
        }
        guard read != nil else { throw SubjectRow.damaged }
        return hasText && missing.isEmpty
    }
}
