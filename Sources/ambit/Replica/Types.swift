import AgendaModel
import ArgumentParser
import Foundation
import TypedInput

/// `ambit types`: the catalogue, and what a type takes.
struct Types: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: "List the types of events, or say what one type takes.",
        discussion: "ambit types project.started"
    )

    @Argument(help: "A type such as project.started, or a kind such as project.")
    var name: String?

    @Option(help: ArgumentHelp("Write the JSON Schema of every type to this folder.", valueName: "dir"))
    var writeSchemas: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        if let folder = writeSchemas {
            try Self.write(schemasTo: folder)
        } else if let name {
            try describe(name)
        } else {
            try list(Catalogue.current.kinds)
        }
    }

    private func describe(_ name: String) throws {
        if let type = Catalogue.current.type(named: name), let kind = Catalogue.current.kind(named: type.kind) {
            if output.json {
                Output.line(Catalogue.current.schema(of: type.name) ?? "{}")
                return
            }
            Output.line("\(type.name)  \(type.meaning)")
            Output.line("written by: \(Self.words(type.writers))")
            Output.line(
                "subject:    \(type.isCreating && !kind.hasGivenNames ? "made by recording it" : "\(kind.name)/…")"
            )
            for field in type.fields.compactMap({ name in kind.fields.first { $0.name == name } }) {
                let marks = [
                    type.required.contains(field.name) ? "required" : nil, field.isPersonal ? "personal" : nil,
                ].compactMap(\.self)
                let note = marks.isEmpty ? "" : " (\(marks.joined(separator: ", ")))"
                Output.line("  \(field.name)=\(Self.words(field, in: type))\(note)  \(field.meaning)")
            }
        } else if let kind = Catalogue.current.kind(named: name) {
            try list([kind])
        } else {
            throw Failure("There is no type or kind \"\(name)\". Run ambit types for all of them.")
        }
    }

    private func list(_ kinds: [Catalogue.Kind]) throws {
        if output.json {
            try Output.json(
                kinds.flatMap(\.types).map {
                    Listed(
                        type: $0.name,
                        creating: $0.isCreating,
                        fields: $0.fields,
                        required: $0.required,
                        meaning: $0.meaning
                    )
                }
            )
            return
        }
        Output.table(kinds.flatMap(\.types).map { [$0.name, Self.words($0.writers), $0.meaning] })
    }

    private struct Listed: Encodable {
        var type: String
        var creating: Bool
        var fields: [String]
        var required: [String]
        var meaning: String
    }

    private static func write(schemasTo folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let schemas = Catalogue.current.schemas
        for (name, contents) in schemas {
            try Data(contents.utf8).write(to: URL(fileURLWithPath: folder).appendingPathComponent(name))
        }
        Output.line("\(schemas.count) schemas written to \(folder)")
    }

    static func words(_ writers: Writers) -> String {
        [
            writers.role.map(\.rawValue), writers.server ? "server" : nil,
            writers.subjectItself ? "the device itself" : nil,
        ].compactMap(\.self).joined(separator: ", ")
    }

    private static func words(_ field: Catalogue.Field, in type: Catalogue.EventType) -> String {
        let narrowing = type.narrowings[field.name]
        if narrowing?.removal == .only { return "(nothing, which removes it)" }
        guard let values = narrowing?.values, !values.isEmpty else { return field.form.words }
        return values.map { DocumentText.words(json: Array($0.utf8)) }.joined(separator: "|")
    }
}
