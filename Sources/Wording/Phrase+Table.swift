extension Phrase {
    /// Every phrase in both languages.
    package static let table: [Phrase: Words] = parts.merging(events) { first, _ in first }
        .merging(conflicts) { first, _ in first }
        .merging(refusals) { first, _ in first }

    private static let parts: [Phrase: Words] = [
        .absent: Words("(absent)", "(leeg)"),
        .erased: Words("(erased)", "(gewist)"),
        .yes: Words("yes", "ja"),
        .no: Words("no", "nee"),
        .and: Words("and", "en"),
        .byServer: Words("by the server", "door de server"),
        .byMember: Words("by {member} on {device}", "door {member} op {device}"),
        .byDevice: Words("by {device}", "door {device}"),
        .entryAt: Words("entry {position}", "gebeurtenis {position}"),
        .notSent: Words("not sent yet", "nog niet verstuurd"),
        .days: Words("{count} days", "{count} dagen"),
        .day: Words("1 day", "1 dag"),
        .hours: Words("{count} hours", "{count} uur"),
        .hour: Words("1 hour", "1 uur"),
        .minutes: Words("{count} minutes", "{count} minuten"),
        .minute: Words("1 minute", "1 minuut"),
    ]

    private static let events: [Phrase: Words] = [
        .recordedByServer: Words("recorded at {time}", "vastgelegd op {time}"),
        .recordedAndSent: Words(
            "recorded there at {time}, committed at {recorded}",
            "daar vastgelegd op {time}, in het logboek sinds {recorded}"
        ),
        .offline: Words(
            "{duration} in between: offline, or recorded afterwards",
            "{duration} daartussen: offline, of achteraf vastgelegd"
        ),
        .clockAhead: Words("that clock was {duration} ahead", "die klok liep {duration} voor"),
        .unseenOne: Words("had not seen 1 entry", "had 1 gebeurtenis niet gezien"),
        .unseenMany: Words("had not seen {count} entries", "had {count} gebeurtenissen niet gezien"),
        .unseenOfSubjectOne: Words(
            "had not seen 1 earlier entry about it",
            "had 1 eerdere gebeurtenis hierover niet gezien"
        ),
        .unseenOfSubjectMany: Words(
            "had not seen {count} earlier entries about it",
            "had {count} eerdere gebeurtenissen hierover niet gezien"
        ),
        .changed: Words("{before} → {after}", "{before} → {after}"),
        .unchanged: Words("{value} (as it was)", "{value} (zoals het was)"),
        .outranked: Words("{written}, but {shown} is shown", "{written}, maar getoond wordt {shown}"),
        .erasedBy: Words(
            "the values were erased by entry {position}",
            "de waarden zijn gewist door gebeurtenis {position}"
        ),
        .created: Words("new", "nieuw"),
        .conflictOpened: Words(
            "conflict opened on {field}: had not seen {others}",
            "conflict ontstaan over {field}: had niet gezien {others}"
        ),
        .conflictRemains: Words(
            "still in conflict on {field}, beside {others}",
            "nog in conflict over {field}, naast {others}"
        ),
        .conflictSettled: Words(
            "conflict settled on {field}, between {others}",
            "conflict beslecht over {field}, tussen {others}"
        ),
        .conflictOpenedBetween: Words(
            "in conflict on {field} now, beside {others}",
            "nu in conflict over {field}, naast {others}"
        ),
        .besideValue: Words("{value} {author} ({where})", "{value} {author} ({where})"),
        .noEntryFits: Words("no entry of the {count} in the log fits", "geen van de {count} gebeurtenissen past"),
        .noDifference: Words("nothing changed", "er veranderde niets"),
        .shownNow: Words("{value}  (shown now)", "{value}  (nu getoond)"),
    ]

    private static let conflicts: [Phrase: Words] = [
        .noSubjects: Words("there are no such subjects", "er is niets van dien aard"),
        .noSubjectsThen: Words("there were no such subjects then", "er was toen niets van dien aard"),
        .redacts: Words(
            "entry {position}, {type} about {subject}, recorded by {author} at {time}",
            "gebeurtenis {position}, {type} over {subject}, vastgelegd door {author} op {time}"
        ),
        .goesForGood: Words("goes, for good:", "gaat voorgoed weg:"),
        .nothing: Words("nothing", "niets"),
        .noConflicts: Words("no conflicts", "geen conflicten"),
        .byClockUnsent: Words(
            "{time} by that laptop's clock; not sent yet",
            "{time} volgens de klok van die laptop; nog niet verstuurd"
        ),
        .byClockAndRecorded: Words(
            "{time} by that laptop's clock; reached the server at {recorded} as entry {position}",
            "{time} volgens de klok van die laptop; op de server sinds {recorded} als gebeurtenis {position}"
        ),
        .sawNothing: Words("had seen nothing of the log", "had niets van het logboek gezien"),
        .sawUpTo: Words(
            "had seen the log up to entry {position}",
            "had het logboek gezien tot en met gebeurtenis {position}"
        ),
        .didNotKnow: Words("{seen}; did not know of {unseen}", "{seen}; wist niet van {unseen}"),
        .howToSettle: Words(
            "to settle it: {command} with --keep, --take N or --value V",
            "beslechten: {command} met --keep, --take N of --value V"
        ),
        .settledNow: Words("{path} is {value} now", "{path} is nu {value}"),
        .recordedAsOne: Words(
            "recorded as event {ids}, not sent yet: ambit sync sends it",
            "vastgelegd als gebeurtenis {ids}, nog niet verstuurd: dat doet ambit sync"
        ),
        .recordedAsMany: Words(
            "recorded as event {ids}, not sent yet: ambit sync sends them",
            "vastgelegd als gebeurtenis {ids}, nog niet verstuurd: dat doet ambit sync"
        ),
    ]

    private static let refusals: [Phrase: Words] = [
        .nothingRefused: Words("nothing was refused", "er is niets geweigerd"),
        .afterRefusal: Words(
            """
            Nothing of this is lost. What to do with an event:
              ambit refused correct ID key=value …   records it again with corrections
              ambit refused retry ID | --all         records it again as it is, when what stood in its way is gone
              ambit refused discard ID | --all       drops it for good
            """,
            """
            Niets hiervan is kwijt. Wat met een gebeurtenis kan:
              ambit refused correct ID key=value …   legt haar opnieuw vast, verbeterd
              ambit refused retry ID | --all         legt haar opnieuw vast zoals ze is, als de reden van weigering weg is
              ambit refused discard ID | --all       gooit haar voorgoed weg
            """
        ),
        .aboutSubject: Words("{type} about {subject}", "{type} over {subject}"),
        .aboutSubjectAt: Words(
            "{type} about {subject}, recorded at {time}",
            "{type} over {subject}, vastgelegd op {time}"
        ),
        .dependOnIt: Words("on it depend: {parts}", "hiervan hangen af: {parts}"),
        .refusedAsWell: Words("{ids} (refused as well)", "{ids} (ook geweigerd)"),
        .notSentYet: Words("{ids} (not sent yet)", "{ids} (nog niet verstuurd)"),
        .mentionsRenamed: Words(
            ", which mentions what is called differently now",
            ", die iets noemt dat nu anders heet,"
        ),
        .recordedAgain: Words(
            "event {old}{why} is recorded again as event {new}, {subject}",
            "gebeurtenis {old}{why} is opnieuw vastgelegd als gebeurtenis {new}, {subject}"
        ),
        .staysRefused: Words("event {id} stays refused: {error}", "gebeurtenis {id} blijft geweigerd: {error}"),
        .stillRefusedOne: Words(
            "1 event that was refused is kept on this laptop; see ambit refused",
            "1 geweigerde gebeurtenis wordt op deze laptop bewaard; zie ambit refused"
        ),
        .stillRefusedMany: Words(
            "{count} events that were refused are kept on this laptop; see ambit refused",
            "{count} geweigerde gebeurtenissen worden op deze laptop bewaard; zie ambit refused"
        ),
    ]
}
