package import AgendaModel
internal import Files
internal import Foundation

extension DataFolder {
    /// When something in the folder was changed last, by its disk; nil for a folder that is not there.
    ///
    /// Looks at the folders and at the files of agendas, not into them.
    package func lastChange() -> Timestamp? {
        let agendas = Self.entries(of: agendasPath)
        // A folder may be a link to one, whose own time says nothing.
        let folders = ([path, agendasPath] + agendas).map { "\($0)/." }
        return (folders + agendas.flatMap(Self.entries)).compactMap(Self.changed).max()
    }

    private static func entries(of folder: String) -> [String] {
        ((try? Folder(folder).names()) ?? []).map { "\(folder)/\($0)" }
    }

    private static func changed(_ path: String) -> Timestamp? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let date = attributes?[.modificationDate] as? Date else { return nil }
        return Timestamp(millisecondsSince1970: Int(date.timeIntervalSince1970 * 1000))
    }
}
