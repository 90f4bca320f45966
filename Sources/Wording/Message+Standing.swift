extension Message {
    /// How a replica stands, and what a sync did.
    static let standing: [Message: LocalizedText] = [
        .statusAgenda: LocalizedText("agenda", "agenda"),
        .statusYou: LocalizedText("you", "u"),
        .statusLog: LocalizedText("log", "logboek"),
        .statusLastSync: LocalizedText("last sync", "laatste sync"),
        .statusNotSent: LocalizedText("not sent", "niet verstuurd"),
        .statusRefused: LocalizedText("refused", "geweigerd"),
        .statusConflicts: LocalizedText("conflicts", "conflicten"),
        .statusUnsigned: LocalizedText("not signed", "niet ondertekend"),
        .unsignedSince: LocalizedText("{count}, since {since}", "{count}, sinds {since}"),
        .allSigned: LocalizedText(
            "All that this laptop has recorded and sent is signed.",
            "Alles wat op deze laptop is vastgelegd en verstuurd, is ondertekend."
        ),
        .leftUnsigned: LocalizedText("Not signed: {count}.", "Niet ondertekend: {count}."),
        .agendaAt: LocalizedText("{agenda} at {url}", "{agenda} op {url}"),
        .youAre: LocalizedText("{member} ({role}) on {device}", "{member} ({role}) op {device}"),
        .anotherDeviceNext: LocalizedText(
            "another device from the next ambit sync on",
            "vanaf de volgende ambit sync een ander apparaat"
        ),
        .entriesVerified: LocalizedText("{count} events, verified", "{count} gebeurtenissen, nagerekend"),
        .serverHasMore: LocalizedText("the server has {count}", "de server heeft er {count}"),
        .neverSynced: LocalizedText("never finished", "nooit voltooid"),
        .clockWasAhead: LocalizedText(
            "by this laptop's clock, which was ahead then",
            "volgens de klok van deze laptop, die toen voorliep"
        ),
        .nothingWaits: LocalizedText("nothing", "niets"),
        .oneWaits: LocalizedText("1 event; ambit sync sends it", "1 gebeurtenis; ambit sync verstuurt haar"),
        .manyWait: LocalizedText(
            "{count} events; ambit sync sends them",
            "{count} gebeurtenissen; ambit sync verstuurt ze"
        ),
        .refusedHereOne: LocalizedText("1 event; see ambit refused", "1 gebeurtenis; zie ambit refused"),
        .refusedHereMany: LocalizedText(
            "{count} events; see ambit refused",
            "{count} gebeurtenissen; zie ambit refused"
        ),
        .noneOpen: LocalizedText("none", "geen"),
        .openConflicts: LocalizedText("{count}; see ambit conflicts", "{count}; zie ambit conflicts"),
        .copyLogKey: LocalizedText(
            "Copy {key} to a safe place now: without it the log can never grow again.",
            "Kopieer {key} nu naar een veilige plek: zonder die sleutel kan het logboek nooit meer groeien."
        ),
        .serveNext: LocalizedText(
            "Next: ambit serve --data {data}, then ambit clone URL --invite CODE on a laptop.",
            "Hierna: ambit serve --data {data}, en dan ambit clone URL --invite CODE op een laptop."
        ),
        .agendaImported: LocalizedText("{agenda} has {count} entries", "{agenda} heeft {count} gebeurtenissen"),
        .adminInvite: LocalizedText(
            "admin invite: {invite}  (works once, until {expires})",
            "uitnodiging voor een beheerder: {invite}  (werkt één keer, tot {expires})"
        ),
        .onlyReadForNow: LocalizedText(
            "It is only read for now, since it may have had more entries. Next: ambit heal --data {data} --agenda {agenda} "
                + "--from a laptop that has them; when nobody has, ambit agenda accept-loss {agenda} --data {data}.",
            "Voorlopig wordt ze alleen gelezen, want er kunnen meer gebeurtenissen geweest zijn. Hierna: ambit heal --data "
                + "{data} --agenda {agenda} --from een laptop die ze heeft; heeft niemand ze, dan ambit agenda accept-loss "
                + "{agenda} --data {data}."
        ),
        .agendaBegins: LocalizedText(
            "The agenda begins at {time}, by this machine's clock.",
            "De agenda begint op {time}, volgens de klok van deze machine."
        ),
        .logAhead: LocalizedText(
            "the log's last entry was recorded at {time}, far ahead of this laptop's clock: one of the two is wrong; put this one "
                + "right, or tell the server's administrator",
            "de laatste gebeurtenis in het logboek is vastgelegd op {time}, ver voor op de klok van deze laptop: een van beide "
                + "klopt niet; zet deze goed, of zeg het de beheerder van de server"
        ),
        .laptopAhead: LocalizedText(
            "at the last sync this laptop's clock was {duration} ahead of the server's: one of the two is wrong; put this one right, "
                + "or tell the server's administrator",
            "bij de laatste sync liep de klok van deze laptop {duration} voor op die van de server: een van beide klopt niet; zet "
                + "deze goed, of zeg het de beheerder van de server"
        ),
        .keyMissing: LocalizedText(
            "the file device.key is missing, damaged or another device's: what is recorded here is sent, and this laptop cannot "
                + "sign it; put the file back, or ask an administrator for an invite and run ambit rejoin",
            "het bestand device.key ontbreekt, is beschadigd of is van een ander apparaat: wat hier wordt vastgelegd, wordt "
                + "verstuurd, maar deze laptop kan er niet voor tekenen; zet het bestand terug, of vraag een beheerder om een "
                + "uitnodiging en geef ambit rejoin"
        ),
        .pendingEvent: LocalizedText("event {id}: {event}", "gebeurtenis {id}: {event}"),
        .progressOf: LocalizedText("{value} of {target} {unit}", "{value} van {target} {unit}"),
        .noTargets: LocalizedText("no target has a quantity", "geen doel heeft een hoeveelheid"),
        .takenBack: LocalizedText("taken back: {event}", "teruggenomen: {event}"),
        .refusedAgain: LocalizedText(
            "Among the refused events again, as before: {ids}.",
            "Weer bij de geweigerde gebeurtenissen, zoals daarvoor: {ids}."
        ),
        .pendingAgain: LocalizedText(
            "Waiting to be sent again, as before: {ids}.",
            "Wacht weer om verstuurd te worden, zoals daarvoor: {ids}."
        ),
        .goesAlongOne: LocalizedText(
            "1 later event rests on it, and goes with it:",
            "1 latere gebeurtenis rust erop, en gaat mee:"
        ),
        .goesAlongMany: LocalizedText(
            "{count} later events rest on it, and go with it:",
            "{count} latere gebeurtenissen rusten erop, en gaan mee:"
        ),
        .askGoOn: LocalizedText("Go on? (yes/no)", "Doorgaan? (ja/nee)"),
        .nothingChanged: LocalizedText("Nothing was changed.", "Er is niets veranderd."),
        .syncDone: LocalizedText(
            "sent {sent}, received {received}; the log has {count} events, verified",
            "{sent} verstuurd, {received} ontvangen; het logboek heeft {count} gebeurtenissen, nagerekend"
        ),
        .refusedNowOne: LocalizedText(
            "the server refused 1 event; ambit refused says why, and it is kept here",
            "de server weigerde 1 gebeurtenis; ambit refused zegt waarom, en ze is hier bewaard"
        ),
        .refusedNowMany: LocalizedText(
            "the server refused {count} events; ambit refused says why, and they are kept here",
            "de server weigerde {count} gebeurtenissen; ambit refused zegt waarom, en ze zijn hier bewaard"
        ),
    ]
}
