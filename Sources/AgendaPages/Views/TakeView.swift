internal import Wording

/// The files that an agenda can be taken along in.
struct TakeView {
    struct File {
        var title: String
        var text: String
        var name: String
        var href: String
    }

    var help: String
    var files: [File]

    init(_ visit: PageVisit) {
        help = visit.say(visit.desk == nil ? .pageTakeHelpVisitor : .pageTakeHelp)
        files = Self.words.compactMap { name, title, text in
            visit.files.first { $0.name == name }.map { file in
                let href = file.address ?? visit.href("take/\(name)")
                return File(title: visit.say(title), text: visit.say(text), name: name, href: href)
            }
        }
    }

    /// What most people want stands first.
    private static let words: [(name: String, title: Message, text: Message)] = [
        ("tables.xlsx", .pageTakeWorkbook, .pageTakeWorkbookText),
        ("projects.geojson", .pageTakeMap, .pageTakeMapText),
        ("tables.zip", .pageTakeTables, .pageTakeTablesText),
        ("tables.sqlite", .pageTakeDatabase, .pageTakeDatabaseText),
        ("state.json", .pageTakeState, .pageTakeStateText),
        ("log.ndjson", .pageTakeLog, .pageTakeLogText),
        ("catalog.jsonld", .pageTakeCatalog, .pageTakeCatalogText),
    ]
}
