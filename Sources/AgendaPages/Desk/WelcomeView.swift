internal import AgendaModel
internal import Wording

/// What somebody types who has no agenda on this laptop yet.
package struct WelcomeContent: Sendable {
    package enum Field: String, CaseIterable, Sendable { case link, name, device }

    package var typed: [Field: String]
    /// What is wrong, beside the field that it is about.
    package var faults: [Field: String]

    package init(typed: [Field: String], faults: [Field: String] = [:]) {
        self.typed = typed
        self.faults = faults
    }
}

/// The content as the page shows it.
struct WelcomeView {
    var action: String
    var token: String
    var fields: [FormView.Field]

    init(_ content: WelcomeContent, token: String, _ visit: PageVisit) {
        action = visit.address("welcome")
        self.token = token
        let questions: [(WelcomeContent.Field, Message, Message?)] = [
            (.link, .pageWelcomeLink, .pageWelcomeLinkHint), (.name, .pageWelcomeName, .pageWelcomeNameHint),
            (.device, .pageWelcomeDevice, .pageWelcomeDeviceHint),
        ]
        fields = questions.map { field, label, hint in
            FormView.Field(
                text: field.rawValue,
                label: visit.say(label),
                hint: hint.map { visit.say($0) },
                value: content.typed[field] ?? "",
                fault: content.faults[field]
            )
        }
    }
}

extension AgendaPages {
    /// The page of a laptop that has no agenda yet.
    ///
    /// - Parameters:
    ///   - content: what was typed, with what is wrong.
    ///   - token: goes with the form.
    ///   - visit: who looks.
    /// - Returns: HTML.
    package static func welcome(_ content: WelcomeContent, token: String, _ visit: PageVisit) -> String {
        var visit = visit
        visit.hasAgenda = false
        let title = visit.say(.pageWelcome)
        let name = content.faults.isEmpty ? title : "\(visit.say(.pageFaultTitle)): \(title)"
        let frame = PageFrame(title: name, agenda: "Ambit", section: "welcome", size: .zero, visit)
        let view = WelcomeView(content, token: token, visit)
        return PageTemplates.shared.render(
            "welcome",
            ["frame": frame, "page": view, "w": PageMessages(language: visit.language)]
        )
    }

    /// An agenda that comes in for the first time.
    ///
    /// - Throws: what reading throws.
    package func arriving(_ content: SyncContent) throws -> String {
        render(
            "arriving",
            try SyncView(content, self),
            title: reader.visit.say(.pageArriving),
            section: "arriving"
        )
    }
}
