import AgendaModel
import ArgumentParser
import EventLog
import Foundation
import Projections
import SyncClient
import SyncProtocol

/// `ambit show`: subjects and their documents, now or earlier.
struct Show: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: "Show subjects and their documents, now (unsent events included) or at an earlier size or moment."
    )

    @Argument(help: "The subject; its short form will do where it is unambiguous.")
    var subject: String?

    @Option(help: "Only subjects of this kind.")
    var kind: String?

    @Option(help: ArgumentHelp("The state at this size, day or moment.", valueName: "n|time"))
    var at: String?

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        try KindArgument.check(kind)
        let replica = try replica.open()
        let resolved = try subject.map { try replica.resolve($0) }
        let found = if let at { try earlier(at, resolved) } else { try now(replica, resolved) }
        if let resolved {
            guard let document = found.first else {
                throw Failure("\(resolved) did not exist then.", code: "unknown-subject")
            }
            try show(document)
        } else {
            try list(found)
        }
    }

    private func now(_ replica: Replica, _ subject: String?) throws -> [SubjectDocument] {
        if let subject { return try replica.document(of: subject).map { [$0] } ?? [] }
        return try replica.documents(kind: kind)
    }

    private func earlier(_ at: String, _ subject: String?) throws -> [SubjectDocument] {
        let source = try LogSource.parse(["-C=\(replica.folder)"])
        let log = try source.open()
        let size = try StateReference(argument: at).size(in: log)
        var bar = ProgressBar("replaying")
        let state = try TimeTravel.state(of: log, at: size) { bar.show($0.rawValue, of: size.rawValue) }
        bar.finish()
        let subjects = subject.map { [$0] } ?? state.subjects.filter { kind == nil || $0.hasPrefix("\(kind ?? "")/") }
        return subjects.compactMap { subject in
            state.document(of: subject).map {
                SubjectDocument(
                    subject: subject,
                    document: String(decoding: $0, as: UTF8.self),
                    erased: state.registers(of: subject).erased
                )
            }
        }
    }

    private func show(_ found: SubjectDocument) throws {
        if output.json {
            let options: JSONSerialization.WritingOptions = [.withoutEscapingSlashes]
            let paths = try JSONSerialization.data(withJSONObject: found.erased, options: options)
            let erased = found.erased.isEmpty ? "" : "\"erased\":\(String(decoding: paths, as: UTF8.self)),"
            Output.line("{\"document\":\(found.document),\(erased)\"subject\":\"\(found.subject)\"}")
            return
        }
        Output.line(found.subject)
        let erased = found.erased.map { [DocumentText.path($0), "(erased)"] }
        Output.table(DocumentText.lines(found.document) + erased, indent: "  ")
    }

    private func list(_ found: [SubjectDocument]) throws {
        if output.json {
            let items = found.map { "{\"document\":\($0.document),\"subject\":\"\($0.subject)\"}" }
            Output.line("[\(items.joined(separator: ","))]")
            return
        }
        guard !found.isEmpty else {
            Output.note("ambit: there \(at == nil ? "are no such subjects" : "were no such subjects then")")
            return
        }
        Output.table(
            found.map { [$0.subject, DocumentText.standing($0.document), DocumentText.title($0.document)] }
        )
    }
}
