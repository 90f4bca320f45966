/// Where the rows of tables are in the bytes of a SQLite file, for tests that flip their bits.
///
/// Source: https://www.sqlite.org/fileformat.html#b_tree_pages
package struct StoredCells {
    /// A row of a table, or an entry of an index; no longer than fits on its page.
    package struct Cell {
        /// Where its length and its key begin.
        package var start: Int
        /// Where its row id is; nil in a table that has none.
        package var rowID: Range<Int>?
        /// Where the types of its columns are, in the order in which they are stored.
        package var types: [Range<Int>] = []
        /// Where the columns are; nothing of a number that follows from its type.
        package var columns: [Range<Int>] = []
    }

    private let bytes: [UInt8]
    package var pageSize: Int { number(at: 16, 2) }

    package init(in bytes: [UInt8]) { self.bytes = bytes }

    /// The cells of the pages of a table or an index.
    ///
    /// - Parameter root: the number of its first page.
    /// - Returns: the cells, in no order that means anything.
    package func cells(from root: Int) -> [Cell] {
        var cells: [Cell] = []
        var pages = [root]
        while let page = pages.popLast() {
            let start = (page - 1) * pageSize
            // The file's own header is in front of the first page's.
            let head = page == 1 ? start + 100 : start
            let type = bytes[head]
            let isLeaf = type == 13 || type == 10
            precondition(isLeaf || type == 5 || type == 2, "page \(page) is none of a table or an index")
            let pointers = (0..<number(at: head + 3, 2)).map { index in
                start + number(at: head + (isLeaf ? 8 : 12) + 2 * index, 2)
            }
            if !isLeaf { pages += pointers.map { number(at: $0, 4) } + [number(at: head + 8, 4)] }
            // Above the leaves of a table with row ids there are no rows.
            if type != 5 { cells += pointers.map { cell(at: isLeaf ? $0 : $0 + 4, hasRowID: type == 13) } }
        }
        return cells
    }

    private func cell(at start: Int, hasRowID: Bool) -> Cell {
        var cell = Cell(start: start)
        var place = start
        _ = varint(&place)
        if hasRowID {
            let first = place
            _ = varint(&place)
            cell.rowID = first..<place
        }
        var end = place
        end += varint(&place)
        var lengths: [Int] = []
        while place < end {
            let first = place
            lengths.append(Self.length(ofType: varint(&place)))
            cell.types.append(first..<place)
        }
        for length in lengths {
            cell.columns.append(place..<place + length)
            place += length
        }
        return cell
    }

    /// How many bytes a column of a type has.
    ///
    /// Source: https://www.sqlite.org/fileformat.html#record_format
    private static func length(ofType type: Int) -> Int {
        switch type {
        case 1...4: type
        case 5: 6
        case 6, 7: 8
        case 12...: (type - 12) / 2
        default: 0
        }
    }

    private func varint(_ place: inout Int) -> Int {
        var value = 0
        for _ in 0..<8 {
            let byte = Int(bytes[place])
            place += 1
            value = value << 7 | byte & 0x7F
            if byte < 0x80 { return value }
        }
        place += 1
        return value << 8 | Int(bytes[place - 1])
    }

    /// The number in so many bytes.
    private func number(at place: Int, _ count: Int) -> Int {
        bytes[place..<place + count].reduce(0) { $0 << 8 | Int($1) }
    }
}
