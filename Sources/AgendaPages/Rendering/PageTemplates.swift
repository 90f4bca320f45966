internal import Foundation
internal import Mustache

/// The templates of all pages: the files of `Templates`, which are embedded in the program.
struct PageTemplates: Sendable {
    static let shared = PageTemplates()

    private let library: MustacheLibrary

    private init() {
        MustacheContentTypes.register(PageText(showsHidden: true), named: "SHOWN")
        MustacheContentTypes.register(PageText(showsHidden: false), named: "GIVEN")
        var library = MustacheLibrary()
        for (name, bytes) in Self.files {
            // They come with the program, and a test renders each: one that cannot be read is a fault of the program.
            do {
                try library.register(Self.typed(String(decoding: bytes, as: UTF8.self)), named: name)
            } catch {
                preconditionFailure("the template \(name) cannot be read: \(error)")
            }
        }
        self.library = library
    }

    /// A template that says how each of its values is written.
    ///
    /// Those that come back with a form, or that a script compares with an entry, are written as they are. All others
    /// are written with what is hidden in them shown.
    static func typed(_ template: String) -> String {
        let given = #/(?:value|data-json)="\{\{[^}]*\}\}"|data-shown>\{\{[^}]*\}\}|\{\{value\}\}</textarea>/#
        let content = template.replacing(given) { "{{% CONTENT_TYPE:GIVEN}}\($0.output){{% CONTENT_TYPE:SHOWN}}" }
        return "{{% CONTENT_TYPE:SHOWN}}\n" + content
    }

    /// HTML; every value that a template names without telling otherwise is escaped.
    func render(_ name: String, _ content: [String: Any]) -> String {
        library.render(content, withTemplate: name) ?? ""
    }

    /// By name: whole pages, and parts that pages share.
    static let files: [(name: String, bytes: [UInt8])] = [
        ("layout", PackageResources.layout_mustache),
        ("figure", PackageResources.figure_mustache),
        ("overview", PackageResources.overview_mustache),
        ("subject", PackageResources.subject_mustache),
        ("kind", PackageResources.kind_mustache),
        ("find", PackageResources.find_mustache),
        ("message", PackageResources.message_mustache),
        ("accessibility", PackageResources.accessibility_mustache),
        ("guides", PackageResources.guides_mustache),
        ("guide", PackageResources.guide_mustache),
        ("block", PackageResources.block_mustache),
        ("record", PackageResources.record_mustache),
        ("form", PackageResources.form_mustache),
        ("options", PackageResources.options_mustache),
        ("preview", PackageResources.preview_mustache),
        ("people", PackageResources.people_mustache),
        ("compare", PackageResources.compare_mustache),
        ("place", PackageResources.place_mustache),
        ("question", PackageResources.question_mustache),
        ("welcome", PackageResources.welcome_mustache),
        ("arriving", PackageResources.arriving_mustache),
        ("happened", PackageResources.happened_mustache),
        ("sync", PackageResources.sync_mustache),
        ("conflicts", PackageResources.conflicts_mustache),
        ("refused", PackageResources.refused_mustache),
        ("history", PackageResources.history_mustache),
        ("proof", PackageResources.proof_mustache),
        ("proven", PackageResources.proven_mustache),
        ("chart", PackageResources.chart_mustache),
        ("take", PackageResources.take_mustache),
        ("table", PackageResources.table_mustache),
        ("paging", PackageResources.paging_mustache),
        ("happening", PackageResources.happening_mustache),
    ]
}
