internal import AgendaModel

/// The words of the catalogue in both languages.
///
/// What is not in the catalogue of this version is called as it is written.
package enum Vocabulary {
    /// A kind of subject.
    package static func kind(_ name: String, _ language: Language) -> String { kinds[name]?[language] ?? name }

    /// What a kind and several of its subjects are called, in all languages.
    package static func names(ofKind name: String) -> [String] {
        [name] + Language.allCases.flatMap { [kind(name, $0), plurals[name]?[$0] ?? name] }
    }

    /// Several subjects of a kind.
    package static func plural(_ name: String, _ language: Language) -> String { plurals[name]?[language] ?? name }

    /// What happened, after the subject that it happened to.
    package static func type(_ name: String, _ language: Language) -> String { types[name]?[language] ?? name }

    /// A field of a kind.
    package static func field(_ name: String, of kind: String, _ language: Language) -> String {
        (fields["\(kind).\(name)"] ?? fields[name])?[language] ?? name
    }

    /// One of the strings that a field may hold.
    package static func value(_ value: String, of field: String, _ language: Language) -> String {
        (values["\(field)=\(value)"] ?? values[value])?[language] ?? value
    }

    static let kinds: [String: LocalizedText] = [
        "agenda": LocalizedText("agenda", "agenda"),
        "theme": LocalizedText("theme", "thema"),
        "organisation": LocalizedText("organisation", "organisatie"),
        "indicator": LocalizedText("indicator", "indicator"),
        "ambition": LocalizedText("ambition", "ambitie"),
        "offer": LocalizedText("offer", "aanbod"),
        "ask": LocalizedText("ask", "vraag"),
        "project": LocalizedText("project", "project"),
        "milestone": LocalizedText("milestone", "mijlpaal"),
        "measurement": LocalizedText("measurement", "meting"),
        "note": LocalizedText("note", "notitie"),
        "member": LocalizedText("member", "lid"),
        "device": LocalizedText("device", "apparaat"),
        "entry": LocalizedText("entry", "gebeurtenis"),
        "loss": LocalizedText("loss", "verlies"),
    ]

    static let plurals: [String: LocalizedText] = [
        "agenda": LocalizedText("agendas", "agenda's"),
        "theme": LocalizedText("themes", "thema's"),
        "organisation": LocalizedText("organisations", "organisaties"),
        "indicator": LocalizedText("indicators", "indicatoren"),
        "ambition": LocalizedText("ambitions", "ambities"),
        "offer": LocalizedText("offers", "aanbiedingen"),
        "ask": LocalizedText("asks", "vragen"),
        "project": LocalizedText("projects", "projecten"),
        "milestone": LocalizedText("milestones", "mijlpalen"),
        "measurement": LocalizedText("measurements", "metingen"),
        "note": LocalizedText("notes", "notities"),
        "member": LocalizedText("members", "leden"),
        "device": LocalizedText("devices", "apparaten"),
        "entry": LocalizedText("entries", "gebeurtenissen"),
        "loss": LocalizedText("losses", "verliezen"),
    ]

    static let types: [String: LocalizedText] = [
        "agenda.founded": LocalizedText("founded", "opgericht"),
        "agenda.revised": LocalizedText("revised", "herzien"),
        "theme.opened": LocalizedText("opened", "geopend"),
        "theme.revised": LocalizedText("revised", "herzien"),
        "theme.closed": LocalizedText("closed", "gesloten"),
        "organisation.registered": LocalizedText("registered", "opgenomen"),
        "organisation.revised": LocalizedText("revised", "herzien"),
        "indicator.defined": LocalizedText("defined", "vastgelegd"),
        "indicator.revised": LocalizedText("revised", "herzien"),
        "ambition.proposed": LocalizedText("proposed", "voorgesteld"),
        "ambition.revised": LocalizedText("revised", "herzien"),
        "ambition.adopted": LocalizedText("adopted", "vastgesteld"),
        "ambition.targeted": LocalizedText("targets set", "doelen gesteld"),
        "ambition.achieved": LocalizedText("achieved", "bereikt"),
        "ambition.withdrawn": LocalizedText("withdrawn", "ingetrokken"),
        "offer.made": LocalizedText("made", "gedaan"),
        "offer.revised": LocalizedText("revised", "herzien"),
        "offer.fulfilled": LocalizedText("fulfilled", "nagekomen"),
        "offer.withdrawn": LocalizedText("withdrawn", "ingetrokken"),
        "ask.raised": LocalizedText("raised", "gesteld"),
        "ask.revised": LocalizedText("revised", "herzien"),
        "ask.answered": LocalizedText("answered", "beantwoord"),
        "ask.withdrawn": LocalizedText("withdrawn", "ingetrokken"),
        "project.started": LocalizedText("started", "gestart"),
        "project.revised": LocalizedText("revised", "herzien"),
        "project.advanced": LocalizedText("entered a phase", "ging naar een fase"),
        "project.halted": LocalizedText("halted", "stilgelegd"),
        "project.resumed": LocalizedText("resumed", "hervat"),
        "project.completed": LocalizedText("completed", "afgerond"),
        "project.linked": LocalizedText("linked to ambitions", "verbonden aan ambities"),
        "project.unlinked": LocalizedText("unlinked from ambitions", "losgemaakt van ambities"),
        "project.partner-joined": LocalizedText("partners joined", "partners erbij"),
        "project.partner-left": LocalizedText("partners left", "partners eraf"),
        "milestone.planned": LocalizedText("planned", "gepland"),
        "milestone.revised": LocalizedText("revised", "herzien"),
        "milestone.moved": LocalizedText("moved to another day", "verschoven"),
        "milestone.reached": LocalizedText("reached", "bereikt"),
        "milestone.dropped": LocalizedText("dropped", "geschrapt"),
        "measurement.recorded": LocalizedText("recorded", "vastgelegd"),
        "measurement.corrected": LocalizedText("corrected", "verbeterd"),
        "measurement.voided": LocalizedText("voided", "vervallen"),
        "note.added": LocalizedText("added", "toegevoegd"),
        "note.revised": LocalizedText("revised", "herzien"),
        "note.retracted": LocalizedText("retracted", "teruggenomen"),
        "member.joined": LocalizedText("joined", "toegetreden"),
        "member.granted": LocalizedText("given a role", "rol gekregen"),
        "member.left": LocalizedText("left", "vertrokken"),
        "device.enrolled": LocalizedText("enrolled", "aangemeld"),
        "device.revoked": LocalizedText("revoked", "toegang ontnomen"),
        "device.signed": LocalizedText("signed its entries", "tekende voor zijn gebeurtenissen"),
        "entry.redacted": LocalizedText("erased", "gewist"),
        "loss.accepted": LocalizedText("went on without lost entries", "ging verder zonder verloren gebeurtenissen"),
    ]

    /// By name, or by kind and name where a kind has another word for it.
    static let fields: [String: LocalizedText] = [
        "title": LocalizedText("title", "titel"),
        "region": LocalizedText("region", "regio"),
        "vision": LocalizedText("vision", "visie"),
        "from": LocalizedText("from", "vanaf"),
        "to": LocalizedText("to", "tot en met"),
        "summary": LocalizedText("summary", "samenvatting"),
        "order": LocalizedText("order", "volgorde"),
        "status": LocalizedText("status", "status"),
        "name": LocalizedText("name", "naam"),
        "sort": LocalizedText("sort", "soort"),
        "website": LocalizedText("website", "website"),
        "unit": LocalizedText("unit", "eenheid"),
        "aggregation": LocalizedText("aggregation", "telwijze"),
        "theme": LocalizedText("theme", "thema"),
        "statement": LocalizedText("statement", "omschrijving"),
        "horizon": LocalizedText("horizon", "te bereiken op"),
        "reason": LocalizedText("reason", "reden"),
        "targets": LocalizedText("targets", "doelen"),
        "quantity": LocalizedText("quantity", "hoeveelheid"),
        "due": LocalizedText("due", "uiterlijk"),
        "milestone.due": LocalizedText("due", "verwacht op"),
        "ambition": LocalizedText("ambition", "ambitie"),
        "addressee": LocalizedText("addressee", "gevraagd aan"),
        "answer": LocalizedText("answer", "antwoord"),
        "lead": LocalizedText("lead", "trekker"),
        "phase": LocalizedText("phase", "fase"),
        "start": LocalizedText("start", "begin"),
        "end": LocalizedText("end", "einde"),
        "budget": LocalizedText("budget", "budget"),
        "location": LocalizedText("location", "plaats"),
        "latitude": LocalizedText("latitude", "breedtegraad"),
        "longitude": LocalizedText("longitude", "lengtegraad"),
        "ambitions": LocalizedText("ambitions", "ambities"),
        "partners": LocalizedText("partners", "partners"),
        "project": LocalizedText("project", "project"),
        "reached": LocalizedText("reached", "bereikt op"),
        "dropped": LocalizedText("dropped", "geschrapt"),
        "indicator": LocalizedText("indicator", "indicator"),
        "value": LocalizedText("value", "waarde"),
        "on": LocalizedText("on", "op"),
        "source": LocalizedText("source", "bron"),
        "voided": LocalizedText("voided", "vervallen"),
        "about": LocalizedText("about", "over"),
        "text": LocalizedText("text", "tekst"),
        "retracted": LocalizedText("retracted", "teruggenomen"),
        "role": LocalizedText("role", "rol"),
        "active": LocalizedText("active", "doet mee"),
        "inviter": LocalizedText("invited by", "uitgenodigd door"),
        "member": LocalizedText("member", "lid"),
        "key": LocalizedText("key", "sleutel"),
        "continues": LocalizedText("continues", "gaat verder op"),
        "expires": LocalizedText("last day", "laatste dag"),
        "reads": LocalizedText("reads", "leest"),
        "revoked": LocalizedText("revoked", "toegang ontnomen"),
        "through": LocalizedText("through", "tot en met"),
        "count": LocalizedText("count", "aantal"),
        "signature": LocalizedText("signature", "handtekening"),
        "redacted": LocalizedText("erased", "gewist"),
        "kept": LocalizedText("entries kept", "behouden gebeurtenissen"),
        "lost": LocalizedText("entries lost", "verloren gebeurtenissen"),
        "basislaw": LocalizedText("rule of law", "wettelijke grondslag"),
    ]

    /// By value, or by field and value where a field has another word for it.
    static let values: [String: LocalizedText] = [
        "public": LocalizedText("what is public", "wat openbaar is"),
        "open": LocalizedText("open", "open"),
        "closed": LocalizedText("closed", "gesloten"),
        "municipality": LocalizedText("municipality", "gemeente"),
        "state": LocalizedText("state", "rijk"),
        "care": LocalizedText("care", "zorg"),
        "education": LocalizedText("education", "onderwijs"),
        "company": LocalizedText("company", "bedrijf"),
        "coalition": LocalizedText("coalition", "samenwerking"),
        "other": LocalizedText("other", "overig"),
        "sum": LocalizedText("sum", "som"),
        "latest": LocalizedText("latest", "laatste"),
        "proposed": LocalizedText("proposed", "voorgesteld"),
        "adopted": LocalizedText("adopted", "vastgesteld"),
        "achieved": LocalizedText("achieved", "bereikt"),
        "withdrawn": LocalizedText("withdrawn", "ingetrokken"),
        "made": LocalizedText("made", "gedaan"),
        "fulfilled": LocalizedText("fulfilled", "nagekomen"),
        "raised": LocalizedText("raised", "gesteld"),
        "granted": LocalizedText("granted", "ingewilligd"),
        "partly-granted": LocalizedText("partly granted", "deels ingewilligd"),
        "declined": LocalizedText("declined", "afgewezen"),
        "idea": LocalizedText("idea", "idee"),
        "preparation": LocalizedText("preparation", "voorbereiding"),
        "realisation": LocalizedText("realisation", "realisatie"),
        "completed": LocalizedText("completed", "afgerond"),
        "halted": LocalizedText("halted", "stilgelegd"),
        "auditor": LocalizedText("auditor", "controleur"),
        "recorder": LocalizedText("recorder", "invoerder"),
        "editor": LocalizedText("editor", "redacteur"),
        "admin": LocalizedText("admin", "beheerder"),
    ]
}
