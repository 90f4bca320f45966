/// Subjects of a kind as the rows of a table.
struct TableView {
    struct Column {
        var text: String
        /// Whether its cells are numbers.
        var isNumber: Bool
    }

    struct Row {
        var cells: [Cell]
    }

    struct Cell {
        var text: String
        var href: String?
        var mark: String?
        var isNumber = false
        /// Whether it says which row this is.
        var isName = false
    }

    var caption: String
    var columns: [Column]
    var rows: [Row]
    var hasRows: Bool
    /// Where the rest is, if there is more.
    var more: PageLink?

    init(caption: String, columns: [Column], rows: [Row]) {
        self.caption = caption
        self.columns = columns
        self.rows = rows
        hasRows = !rows.isEmpty
    }
}
