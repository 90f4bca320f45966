import AgendaPages
import Wording

/// A guide for people who use the program, in both languages.
///
/// The texts are the Markdown files of `Guides`, which are embedded in the program.
enum Guide: String, CaseIterable {
    case fieldWork = "field-work"
    case settlingConflicts = "settling-conflicts"
    case refusedEvents = "refused-events"
    case audit
    case exports
    case server
    case backup
    case upgrades
    case privacy

    /// The word after `ambit help`.
    var topic: String { rawValue }

    /// The whole guide, as Markdown.
    func text(in language: Language) -> String {
        String(decoding: language == .dutch ? editions.dutch : editions.english, as: UTF8.self)
    }

    /// What the guide is called: its first line without the mark of a heading.
    func title(in language: Language) -> String {
        String(text(in: language).prefix { $0 != "\n" }.drop { $0 == "#" || $0 == " " })
    }

    private var editions: (english: [UInt8], dutch: [UInt8]) {
        switch self {
        case .fieldWork: (PackageResources.field_work_en_md, PackageResources.field_work_nl_md)
        case .settlingConflicts: (PackageResources.settling_conflicts_en_md, PackageResources.settling_conflicts_nl_md)
        case .refusedEvents: (PackageResources.refused_events_en_md, PackageResources.refused_events_nl_md)
        case .audit: (PackageResources.audit_en_md, PackageResources.audit_nl_md)
        case .exports: (PackageResources.exports_en_md, PackageResources.exports_nl_md)
        case .server: (PackageResources.server_en_md, PackageResources.server_nl_md)
        case .backup: (PackageResources.backup_en_md, PackageResources.backup_nl_md)
        case .upgrades: (PackageResources.upgrades_en_md, PackageResources.upgrades_nl_md)
        case .privacy: (PackageResources.privacy_en_md, PackageResources.privacy_nl_md)
        }
    }
}

extension Guide {
    /// All of them for the pages of a laptop.
    static var pages: [Language: [PageGuide]] {
        Dictionary(
            uniqueKeysWithValues: Language.allCases.map { language in
                let guides = allCases.map { guide in
                    PageGuide(topic: guide.topic, title: guide.title(in: language), text: guide.text(in: language))
                }
                return (language, guides)
            }
        )
    }
}
