extension Message {
    /// Every message in both languages.
    package static let table: [Message: LocalizedText] = parts.merging(events) { first, _ in first }
        .merging(conflicts) { first, _ in first }
        .merging(refusals) { first, _ in first }
        .merging(typing) { first, _ in first }
        .merging(standing) { first, _ in first }
        .merging(people) { first, _ in first }
        .merging(verified) { first, _ in first }
        .merging(pages) { first, _ in first }

    private static let parts: [Message: LocalizedText] = [
        .absent: LocalizedText("(absent)", "(leeg)"),
        .erased: LocalizedText("(erased)", "(gewist)"),
        .yes: LocalizedText("yes", "ja"),
        .no: LocalizedText("no", "nee"),
        .and: LocalizedText("and", "en"),
        .today: LocalizedText("today", "vandaag"),
        .yesterday: LocalizedText("yesterday", "gisteren"),
        .byServer: LocalizedText("by the server", "door de server"),
        .byMember: LocalizedText("by {member} on {device}", "door {member} op {device}"),
        .byDevice: LocalizedText("by {device}", "door {device}"),
        .entryAt: LocalizedText("entry {position}", "gebeurtenis {position}"),
        .notSent: LocalizedText("not sent yet", "nog niet verstuurd"),
        .days: LocalizedText("{count} days", "{count} dagen"),
        .day: LocalizedText("1 day", "1 dag"),
        .hours: LocalizedText("{count} hours", "{count} uur"),
        .hour: LocalizedText("1 hour", "1 uur"),
        .minutes: LocalizedText("{count} minutes", "{count} minuten"),
        .minute: LocalizedText("1 minute", "1 minuut"),
    ]

    private static let events: [Message: LocalizedText] = [
        .recordedByServer: LocalizedText("recorded at {time}", "vastgelegd op {time}"),
        .recordedAndSent: LocalizedText(
            "recorded there at {time}, committed at {recorded}",
            "daar vastgelegd op {time}, in het logboek sinds {recorded}"
        ),
        .offline: LocalizedText(
            "{duration} in between: offline, or recorded afterwards",
            "{duration} daartussen: offline, of achteraf vastgelegd"
        ),
        .clockAhead: LocalizedText("that clock was {duration} ahead", "die klok liep {duration} voor"),
        .unseenOne: LocalizedText("had not seen 1 entry", "had 1 gebeurtenis niet gezien"),
        .unseenMany: LocalizedText("had not seen {count} entries", "had {count} gebeurtenissen niet gezien"),
        .unseenOfSubjectOne: LocalizedText(
            "had not seen 1 earlier entry about it",
            "had 1 eerdere gebeurtenis hierover niet gezien"
        ),
        .unseenOfSubjectMany: LocalizedText(
            "had not seen {count} earlier entries about it",
            "had {count} eerdere gebeurtenissen hierover niet gezien"
        ),
        .changed: LocalizedText("{before} → {after}", "{before} → {after}"),
        .unchanged: LocalizedText("{value} (as it was)", "{value} (zoals het was)"),
        .outranked: LocalizedText("{written}, but {shown} is shown", "{written}, maar getoond wordt {shown}"),
        .erasedBy: LocalizedText(
            "the values were erased by entry {position}",
            "de waarden zijn gewist door gebeurtenis {position}"
        ),
        .created: LocalizedText("new", "nieuw"),
        .conflictOpened: LocalizedText(
            "conflict opened on {field}: had not seen {others}",
            "conflict ontstaan over {field}: had niet gezien {others}"
        ),
        .conflictRemains: LocalizedText(
            "still in conflict on {field}, beside {others}",
            "nog in conflict over {field}, naast {others}"
        ),
        .conflictSettled: LocalizedText(
            "conflict settled on {field}, between {others}",
            "conflict beslecht over {field}, tussen {others}"
        ),
        .conflictOpenedBetween: LocalizedText(
            "in conflict on {field} now, beside {others}",
            "nu in conflict over {field}, naast {others}"
        ),
        .besideValue: LocalizedText("{value} {author} ({where})", "{value} {author} ({where})"),
        .noEntryFits: LocalizedText(
            "no entry of the {count} in the log fits",
            "geen van de {count} gebeurtenissen past"
        ),
        .noDifference: LocalizedText("nothing changed", "er veranderde niets"),
        .andMore: LocalizedText("{listed} and {count} more", "{listed} en nog {count}"),
        .lookTheSame: LocalizedText(
            "these look the same: only the bytes of their characters differ",
            "deze zien er hetzelfde uit: alleen de bytes van de tekens verschillen"
        ),
        .shownNow: LocalizedText("{value}  (shown now)", "{value}  (nu getoond)"),
    ]

    private static let conflicts: [Message: LocalizedText] = [
        .noSubjects: LocalizedText("there are no such subjects", "er is niets van dien aard"),
        .noSubjectsThen: LocalizedText("there were no such subjects then", "er was toen niets van dien aard"),
        .redacts: LocalizedText(
            "entry {position}, {type} about {subject}, recorded by {author} at {time}",
            "gebeurtenis {position}, {type} over {subject}, vastgelegd door {author} op {time}"
        ),
        .goesForGood: LocalizedText("goes, for good:", "gaat voorgoed weg:"),
        .nothing: LocalizedText("nothing", "niets"),
        .noConflicts: LocalizedText("no conflicts", "geen conflicten"),
        .byClockUnsent: LocalizedText(
            "{time} by that laptop's clock; not sent yet",
            "{time} volgens de klok van die laptop; nog niet verstuurd"
        ),
        .byClockAndRecorded: LocalizedText(
            "{time} by that laptop's clock; reached the server at {recorded} as entry {position}",
            "{time} volgens de klok van die laptop; op de server sinds {recorded} als gebeurtenis {position}"
        ),
        .sawNothing: LocalizedText("had seen nothing of the log", "had niets van het logboek gezien"),
        .sawUpTo: LocalizedText(
            "had seen the log up to entry {position}",
            "had het logboek gezien tot en met gebeurtenis {position}"
        ),
        .didNotKnow: LocalizedText("{seen}; did not know of {unseen}", "{seen}; wist niet van {unseen}"),
        .overtaken: LocalizedText(
            "{subject}  {title}: your event {id} has no effect; {what} {author}, who had not seen it (entry {position})",
            "{subject}  {title}: je gebeurtenis {id} heeft geen gevolg; {what} {author}, die haar niet gezien had "
                + "(gebeurtenis {position})"
        ),
        .afterOvertaken: LocalizedText(
            "ambit conflicts --seen takes these off the list",
            "ambit conflicts --seen haalt deze van de lijst"
        ),
        .howToSettle: LocalizedText(
            "to settle it: {command} with --keep, --take N or --value V",
            "beslechten: {command} met --keep, --take N of --value V"
        ),
        .settledNow: LocalizedText("{path} is {value} now", "{path} is nu {value}"),
        .recordedAsOne: LocalizedText(
            "recorded as event {ids}, not sent yet: ambit sync sends it",
            "vastgelegd als gebeurtenis {ids}, nog niet verstuurd: dat doet ambit sync"
        ),
        .recordedAsMany: LocalizedText(
            "recorded as event {ids}, not sent yet: ambit sync sends them",
            "vastgelegd als gebeurtenis {ids}, nog niet verstuurd: dat doet ambit sync"
        ),
    ]

    private static let refusals: [Message: LocalizedText] = [
        .nothingRefused: LocalizedText("nothing was refused", "er is niets geweigerd"),
        .afterRefusal: LocalizedText(
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
        .aboutSubject: LocalizedText("{type} about {subject}", "{type} over {subject}"),
        .aboutSubjectAt: LocalizedText(
            "{type} about {subject}, recorded at {time}",
            "{type} over {subject}, vastgelegd op {time}"
        ),
        .dependOnIt: LocalizedText("on it depend: {parts}", "hiervan hangen af: {parts}"),
        .refusedAsWell: LocalizedText("{ids} (refused as well)", "{ids} (ook geweigerd)"),
        .notSentYet: LocalizedText("{ids} (not sent yet)", "{ids} (nog niet verstuurd)"),
        .mentionsRenamed: LocalizedText(
            ", which mentions what is called differently now",
            ", die iets noemt dat nu anders heet,"
        ),
        .rerecorded: LocalizedText(
            "event {old}{why} is recorded again as event {new}, {subject}",
            "gebeurtenis {old}{why} is opnieuw vastgelegd als gebeurtenis {new}, {subject}"
        ),
        .staysRefused: LocalizedText("event {id} stays refused: {error}", "gebeurtenis {id} blijft geweigerd: {error}"),
        .stillRefusedOne: LocalizedText(
            "1 event that was refused is kept on this laptop; see ambit refused",
            "1 geweigerde gebeurtenis wordt op deze laptop bewaard; zie ambit refused"
        ),
        .stillRefusedMany: LocalizedText(
            "{count} events that were refused are kept on this laptop; see ambit refused",
            "{count} geweigerde gebeurtenissen worden op deze laptop bewaard; zie ambit refused"
        ),
    ]
}
