import AgendaModel
import ArgumentParser
import Files
import Foundation
import TypedInput
import Wording

/// `ambit types`: the catalogue, and what a type takes.
struct Types: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: .told("List the types of events, or say what one type takes."),
        discussion: .told("ambit types project.started")
    )

    @Argument(help: .told("A type such as project.started, or a kind such as project."), completion: Completing.type)
    var name: String?

    @Option(help: .told("Write the JSON Schema of every type to this folder.", valueName: "dir"))
    var writeSchemas: String?

    @OptionGroup var language: LanguageOptions
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
        if let type = Catalogue.current.type(named: name) ?? verb(name),
            let kind = Catalogue.current.kind(named: type.kind)
        {
            if output.json {
                Output.json(text: Catalogue.current.schema(of: type.name) ?? "{}")
                return
            }
            let localizer = language.localizer(for: output)
            let isMade = type.isCreating && !kind.hasGivenNames
            let subject = isMade ? localizer.message(.typeMakesSubject) : "\(kind.name)/…"
            Output.line("\(type.name)  \(words(type.meaning))")
            Output.line(localizer.message(.typeWriters, ["writers": words(type.writers)]))
            Output.line(localizer.message(.typeSubject, ["subject": subject]))
            for field in type.fields.compactMap({ name in kind.fields.first { $0.name == name } }) {
                let marks = [
                    type.required.contains(field.name) ? localizer.message(.fieldRequired) : nil,
                    field.isPersonal ? localizer.message(.fieldPersonal) : nil,
                ].compactMap(\.self)
                let note = marks.isEmpty ? "" : " (\(marks.joined(separator: ", ")))"
                Output.line("  \(field.name)=\(words(field, in: type))\(note)  \(words(field.meaning))")
            }
        } else {
            try list([NameText.kind(name)])
        }
    }

    /// A type in other words than the catalogue's; a kind alone is no type here.
    private func verb(_ name: String) -> Catalogue.EventType? {
        (try? NameText.kind(name)) == nil ? try? NameText.type(name) : nil
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
        Output.table(kinds.flatMap(\.types).map { [$0.name, words($0.writers), words($0.meaning)] })
    }

    private struct Listed: Encodable {
        var type: String
        var creating: Bool
        var fields: [String]
        var required: [String]
        var meaning: String
    }

    private static func write(schemasTo folder: String) throws {
        try OutputFile.checkIsNamed(folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let schemas = Catalogue.current.schemas
        for (name, contents) in schemas {
            try Data(contents.utf8).write(to: URL(fileURLWithPath: folder).appendingPathComponent(name))
        }
        Output.say("\(schemas.count) schemas written to \(folder)")
    }

    private func words(_ english: String) -> String { language.spoken.words(of: english) }

    private func words(_ writers: Writers) -> String {
        let localizer = language.localizer(for: output)
        return [
            writers.role.map { $0.words(localizer.language) },
            writers.server ? localizer.message(.theServer) : nil,
            writers.subjectItself ? localizer.message(.writtenByItself) : nil,
            writers.roleForOthers.map {
                localizer.message(.writtenForOthers, ["role": $0.words(localizer.language)])
            },
        ].compactMap(\.self).joined(separator: ", ")
    }

    private func words(_ field: Catalogue.Field, in type: Catalogue.EventType) -> String {
        let narrowing = type.narrowings[field.name]
        let localizer = language.localizer(for: output)
        if narrowing?.removal == .only { return localizer.message(.fieldRemoved) }
        guard let values = narrowing?.values, !values.isEmpty else {
            return field.form.words(of: field.name, language.spoken)
        }
        return values.map { value in
            switch value {
            case "true": localizer.message(.yes)
            case "false": localizer.message(.no)
            default:
                Vocabulary.value(DocumentText.words(json: Array(value.utf8)), of: field.name, localizer.language)
            }
        }.joined(separator: "|")
    }
}
