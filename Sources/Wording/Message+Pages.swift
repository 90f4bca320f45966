extension Message {
    /// What pages say.
    static let pages: [Message: LocalizedText] = [
        .pageSkip: LocalizedText("Skip to the content", "Naar de inhoud"),
        .pageOverview: LocalizedText("Overview", "Overzicht"),
        .pagePlaces: LocalizedText("Parts of the agenda", "Onderdelen van de agenda"),
        .pageHistory: LocalizedText("What happened", "Wat er gebeurde"),
        .pageFind: LocalizedText("Find", "Zoeken"),
        .pageFindHint: LocalizedText("A word or a name", "Een woord of een naam"),
        .pageFindHelp: LocalizedText(
            "Type one or more words. Titles and texts of everything in the agenda are searched.",
            "Typ een of meer woorden. Titels en teksten van alles in de agenda worden doorzocht."
        ),
        .pageFoundOne: LocalizedText("1 result for “{words}”", "1 resultaat voor “{words}”"),
        .pageFoundMany: LocalizedText("{count} results for “{words}”", "{count} resultaten voor “{words}”"),
        .pageFoundMore: LocalizedText(
            "{count} results for “{words}”; the first {shown} are shown. Add a word to find less.",
            "{count} resultaten voor “{words}”; de eerste {shown} staan hier. Voeg een woord toe om minder te vinden."
        ),
        .pageRecord: LocalizedText("Record", "Vastleggen"),
        .pageStanding: LocalizedText("How this laptop stands", "Hoe deze laptop ervoor staat"),
        .pageAllSent: LocalizedText("Everything has been sent", "Alles is verstuurd"),
        .pageNotSentOne: LocalizedText("1 not sent", "1 niet verstuurd"),
        .pageNotSentMany: LocalizedText("{count} not sent", "{count} niet verstuurd"),
        .pageConflictOne: LocalizedText("1 conflict", "1 conflict"),
        .pageConflictMany: LocalizedText("{count} conflicts", "{count} conflicten"),
        .pageRefusedOne: LocalizedText("1 refused", "1 geweigerd"),
        .pageRefusedMany: LocalizedText("{count} refused", "{count} geweigerd"),
        .pagePast: LocalizedText(
            "You are looking at the past: {time}; events until then: {count}",
            "U kijkt naar het verleden: {time}; gebeurtenissen tot dan: {count}"
        ),
        .pageToNow: LocalizedText("Back to now", "Terug naar nu"),
        .pageSize: LocalizedText("Events in the log: {count}", "Gebeurtenissen in het logboek: {count}"),
        .pageAccessibility: LocalizedText("Accessibility", "Toegankelijkheid"),
        .pageAccessibilityGoal: LocalizedText(
            "These pages are made to meet WCAG 2.2 at level AA (EN 301 549). They work with a keyboard alone, without scripts, at "
                + "320 pixels wide and at 200 % zoom.",
            "Deze pagina's zijn gemaakt om te voldoen aan WCAG 2.2, niveau AA (EN 301 549). Ze werken met alleen een toetsenbord, "
                + "zonder scripts, op 320 beeldpunten breed en bij 200 % vergroting."
        ),
        .pageAccessibilityTested: LocalizedText(
            "Every page is tested with axe-core in both languages, in Chromium. That finds some faults, not all; no audit by people "
                + "has been done.",
            "Elke pagina wordt in beide talen getest met axe-core, in Chromium. Dat vindt sommige fouten, niet alle; een onderzoek "
                + "door mensen is nog niet gedaan."
        ),
        .pageAccessibilityKnown: LocalizedText(
            "What others wrote into the agenda may be in another language than the page says.",
            "Wat anderen in de agenda schreven, kan in een andere taal zijn dan de pagina aangeeft."
        ),
        .pageAccessibilityTell: LocalizedText(
            "Is something hard to use? Tell whoever keeps this agenda.",
            "Is iets lastig te gebruiken? Zeg het degene die deze agenda bijhoudt."
        ),
        .pageToday: LocalizedText("Record", "Vastleggen"),
        .pageRecordMeasurement: LocalizedText("Record a measurement", "Meting vastleggen"),
        .pageRecordMilestone: LocalizedText("A milestone was reached", "Mijlpaal bereikt"),
        .pageRecordNote: LocalizedText("Write a note", "Notitie schrijven"),
        .pagePlanMilestone: LocalizedText("Plan a milestone", "Mijlpaal plannen"),
        .pageAttention: LocalizedText("Needs attention", "Vraagt aandacht"),
        .pageOverdue: LocalizedText(
            "“{title}” was expected on {day} ({project})",
            "“{title}” werd verwacht op {day} ({project})"
        ),
        .pageEmptyAgenda: LocalizedText(
            "There is nothing in this agenda yet. It begins with a theme.",
            "Er staat nog niets in deze agenda. Die begint met een thema."
        ),
        .pageOf: LocalizedText("of", "van"),
        .pageDue: LocalizedText("by {day}", "uiterlijk {day}"),
        .pageHorizon: LocalizedText("to be achieved by", "te bereiken op"),
        .pageReached: LocalizedText("reached", "bereikt"),
        .pageOnCourse: LocalizedText("on course", "op koers"),
        .pageBehind: LocalizedText("behind", "loopt achter"),
        .pageMissed: LocalizedText("not reached in time", "niet op tijd bereikt"),
        .pageRunning: LocalizedText("under way", "onderweg"),
        .pageLate: LocalizedText("overdue", "te laat"),
        .pageExpected: LocalizedText("expected", "verwacht"),
        .pageDropped: LocalizedText("dropped", "geschrapt"),
        .pageMeasurementOne: LocalizedText("1 measurement", "1 meting"),
        .pageMeasurementMany: LocalizedText("{count} measurements", "{count} metingen"),
        .pageAsTable: LocalizedText("As a table", "Als tabel"),
        .pageIndicator: LocalizedText("Indicator", "Indicator"),
        .pageValue: LocalizedText("Value", "Waarde"),
        .pageTarget: LocalizedText("Target", "Doel"),
        .pageShare: LocalizedText("Share", "Deel"),
        .pageBasis: LocalizedText("From", "Op grond van"),
        .pageTargets: LocalizedText("Targets", "Doelen"),
        .pageLately: LocalizedText("Changed lately", "Onlangs veranderd"),
        .pageWholeHistory: LocalizedText("All that happened", "Alles wat er gebeurde"),
        .pagePhases: LocalizedText("Phases", "Fasen"),
        .pageMilestones: LocalizedText("Milestones", "Mijlpalen"),
        .pageReach: LocalizedText("reached", "is bereikt"),
        .pageFacts: LocalizedText("Facts", "Gegevens"),
        .pagePlace: LocalizedText("Place", "Plaats"),
        .pageCoordinates: LocalizedText("{latitude} north, {longitude} east", "{latitude} noord, {longitude} oost"),
        .pageRecordAbout: LocalizedText("Record about this", "Hierover vastleggen"),
        .pageInConflict: LocalizedText(
            "Two values stand side by side here: settle the conflict",
            "Hier staan twee waarden naast elkaar: beslecht het conflict"
        ),
        .pageSomeOf: LocalizedText("{what}: {count} of {all}", "{what}: {count} van {all}"),
        .pageRange: LocalizedText("{from} to {to} of {count}", "{from} tot en met {to} van {count}"),
        .pageRangeOf: LocalizedText(
            "{what}: {from} to {to} of {count}",
            "{what}: {from} tot en met {to} van {count}"
        ),
        .pageOverviewRange: LocalizedText(
            "Page {page} of {pages}. In all: themes {themes}, ambitions {ambitions}, targets {targets}.",
            "Pagina {page} van {pages}. In totaal: thema's {themes}, ambities {ambitions}, doelen {targets}."
        ),
        .pagePaging: LocalizedText("Pages", "Bladeren"),
        .pagePrevious: LocalizedText("Previous", "Vorige"),
        .pageNext: LocalizedText("Next", "Volgende"),
        .pageShowAll: LocalizedText("Show all", "Alles tonen"),
        .pageShowAllOf: LocalizedText("Show all {count}", "Alle {count} tonen"),
        .pageNone: LocalizedText("There is nothing here yet.", "Hier is nog niets."),
        .pageAdd: LocalizedText("Add: {kind}", "Toevoegen: {kind}"),
        .pageNotFound: LocalizedText("Not found", "Niet gevonden"),
        .pageNotFoundText: LocalizedText(
            "There is nothing at this address, at this moment of the agenda.",
            "Op dit adres is niets, op dit moment van de agenda."
        ),
        .pageFailed: LocalizedText("That did not work", "Dat lukte niet"),
        .pageNotNow: LocalizedText(
            "This page cannot be shown at the moment. Try again in a minute.",
            "Deze pagina kan op dit moment niet getoond worden. Probeer het over een minuut opnieuw."
        ),
        .pageFormTooLong: LocalizedText("The form is too long.", "Het formulier is te lang."),
        .pageNotLetIn: LocalizedText(
            "This page belongs to a program that was started again. Close it, and start ambit ui once more.",
            "Deze pagina hoort bij een programma dat opnieuw is gestart. Sluit haar, en start ambit ui nog eens."
        ),
        .pageYouTyped: LocalizedText("What you typed", "Wat u had getypt"),
        .pageKeyUsed: LocalizedText(
            "This address was opened before, and works once. If it was not you, end ambit ui, and start it once more.",
            "Dit adres is al geopend, en werkt maar een keer. Was u dat niet? Beëindig ambit ui, en start het nog eens."
        ),
        .pageWhatHappened: LocalizedText("What happened?", "Wat is er gebeurd?"),
        .pageEverythingElse: LocalizedText("Everything else", "Al het andere"),
        .pageFaults: LocalizedText("Please look at this again:", "Kijk hier nog eens naar:"),
        .pageFaultTitle: LocalizedText("Error", "Fout"),
        .pageOptional: LocalizedText("(not required)", "(niet verplicht)"),
        .pageChoose: LocalizedText("Choose…", "Kies…"),
        .pageCancel: LocalizedText("Cancel", "Annuleren"),
        .pageRecordedHere: LocalizedText(
            "It is stored on this laptop at once, and sent when there is a network.",
            "Het wordt meteen op deze laptop bewaard, en verstuurd als er netwerk is."
        ),
        .pageNothingChanged: LocalizedText("Nothing was changed.", "Er is niets veranderd."),
        .pageChangedHere: LocalizedText(
            "{field} was changed on this laptop after this form was opened: {value}. What you record replaces that.",
            "{field} is op deze laptop veranderd nadat dit formulier was geopend: {value}. Wat u vastlegt, vervangt dat."
        ),
        .pageWillRecord: LocalizedText("This will be recorded:", "Dit wordt vastgelegd:"),
        .pageRecordAnyway: LocalizedText("Record it all the same", "Toch vastleggen"),
        .pageWhichOne: LocalizedText("Which one do you mean?", "Welke bedoelt u?"),
        .pageSomeFit: LocalizedText(
            "“{text}” fits several: {count}. Choose one, or write more of the title.",
            "“{text}” past bij meer dan een: {count}. Kies er een, of schrijf meer van de titel."
        ),
        .pageManyFit: LocalizedText(
            "“{text}” fits several: {count}. The first are offered here; write more of the title for others.",
            "“{text}” past bij meer dan een: {count}. De eerste staan hier; schrijf meer van de titel voor andere."
        ),
        .pageHintReference: LocalizedText(
            "Choose from the list, or type a part of the title.",
            "Kies uit de lijst, of typ een deel van de titel."
        ),
        .pageHintAnything: LocalizedText(
            "A part of the title of a project, an ambition, or anything else.",
            "Een deel van de titel van een project, een ambitie, of iets anders."
        ),
        .pageHintDay: LocalizedText(
            "For example 2026-11-12, today or yesterday.",
            "Bijvoorbeeld 12-11-2026, vandaag of gisteren."
        ),
        .pageHintNumber: LocalizedText("For example 12.5 or 1250.", "Bijvoorbeeld 12,5 of 1250."),
        .pageHintLatitude: LocalizedText(
            "In degrees north, for example 52.9936.",
            "In graden noord, bijvoorbeeld 52,9936."
        ),
        .pageHintLongitude: LocalizedText(
            "In degrees east, for example 6.5642.",
            "In graden oost, bijvoorbeeld 6,5642."
        ),
        .pageHintAmount: LocalizedText("For example € 12,500 or 12500 euro.", "Bijvoorbeeld € 12.500 of 12500 euro."),
        .pageNoneCalled: LocalizedText(
            "There is nothing of the kind {kind} that is called “{text}”.",
            "Er is geen {kind} met de naam “{text}”."
        ),
        .pageSeveralCalled: LocalizedText(
            "“{text}” fits several: {found}. Write more of the title.",
            "“{text}” past bij meer dan een: {found}. Schrijf meer van de titel."
        ),
        .pageRecordedNow: LocalizedText("Recorded: {event}", "Vastgelegd: {event}"),
        .pageSync: LocalizedText("Sending and receiving", "Versturen en ontvangen"),
        .pageSyncNow: LocalizedText("Send and receive now", "Nu versturen en ontvangen"),
        .pageNotSent: LocalizedText("Not sent yet", "Nog niet verstuurd"),
        .pageNothingWaits: LocalizedText(
            "Everything that was recorded here has been sent.",
            "Alles wat hier is vastgelegd, is verstuurd."
        ),
        .pageLastSync: LocalizedText("Last complete: {time}", "Voor het laatst voltooid: {time}"),
        .pageNeverSynced: LocalizedText(
            "It has never been completed on this laptop.",
            "Het is op deze laptop nog nooit voltooid."
        ),
        .pageFollowing: LocalizedText(
            "Connected. What others record comes in at once.",
            "Verbonden. Wat anderen vastleggen, komt meteen binnen."
        ),
        .pageSyncing: LocalizedText("Sending and receiving now.", "Bezig met versturen en ontvangen."),
        .pageSyncSent: LocalizedText("Sending: {count} of {all}", "Versturen: {count} van {all}"),
        .pageSyncReceived: LocalizedText("Receiving: {count} of {all}", "Ontvangen: {count} van {all}"),
        .pageWaiting: LocalizedText(
            "No connection to the server. You can go on recording: everything is kept here, and the next attempt comes by itself.",
            "Geen verbinding met de server. U kunt gewoon verder vastleggen: alles blijft hier bewaard, en de volgende poging komt vanzelf."
        ),
        .pageBusyHere: LocalizedText(
            "Another program is at work on this agenda. It goes on by itself.",
            "Een ander programma is met deze agenda bezig. Het gaat vanzelf verder."
        ),
        .pageServerBusy: LocalizedText(
            "The server is busy. It is tried again by itself.",
            "De server heeft het druk. Het wordt vanzelf nog eens geprobeerd."
        ),
        .pageWaitingBecause: LocalizedText("Because: {reason}", "De reden: {reason}"),
        .pageStopped: LocalizedText(
            "Sending and receiving has stopped, because somebody has to look at this. What was recorded here is kept.",
            "Versturen en ontvangen is gestopt, omdat iemand hiernaar moet kijken. Wat hier is vastgelegd, blijft bewaard."
        ),
        .pageDiskFull: LocalizedText(
            "The disk of this laptop is full. Nothing is lost. Make room, and try again.",
            "De schijf van deze laptop is vol. Er is niets verloren. Maak ruimte, en probeer het opnieuw."
        ),
        .pageDiskFails: LocalizedText(
            "The disk of this laptop does not do what it should. It is tried again by itself.",
            "De schijf van deze laptop doet niet wat zij moet doen. Het wordt vanzelf nog eens geprobeerd."
        ),
        .pageConflicts: LocalizedText("Conflicts", "Conflicten"),
        .pageConflictsHelp: LocalizedText(
            "Two people wrote the same thing without knowing of each other. Both values are kept until somebody chooses.",
            "Twee mensen schreven hetzelfde zonder van elkaar te weten. Beide waarden blijven bewaard tot iemand kiest."
        ),
        .pageNoEffect: LocalizedText("Without effect", "Zonder gevolg"),
        .pageNoEffectHelp: LocalizedText(
            "Somebody else took back what you recorded something about, and had not seen it. It is kept in the history.",
            "Iemand anders trok in waar u iets over vastlegde, en had dat niet gezien. Het blijft in de geschiedenis staan."
        ),
        .pageNoEffectOf: LocalizedText(
            "What you recorded has no effect: {what} {author} (event {position}).",
            "Wat u vastlegde heeft geen gevolg: {what} {author} (gebeurtenis {position})."
        ),
        .pageNoEffectOne: LocalizedText("1 without effect", "1 zonder gevolg"),
        .pageNoEffectMany: LocalizedText("{count} without effect", "{count} zonder gevolg"),
        .pageSeen: LocalizedText("I have seen this", "Ik heb dit gezien"),
        .pageNoConflicts: LocalizedText("There are no conflicts.", "Er zijn geen conflicten."),
        .pageShownNow: LocalizedText("shown now", "nu getoond"),
        .pageTakeThis: LocalizedText("Keep this value", "Deze waarde houden"),
        .pageSettled: LocalizedText("Settled: {field} is {value} now.", "Beslecht: {field} is nu {value}."),
        .pageConflictChanged: LocalizedText(
            "The conflict has changed since you looked at it. Look again.",
            "Het conflict is veranderd sinds u ernaar keek. Kijk nog eens."
        ),
        .pageRefused: LocalizedText("Refused", "Geweigerd"),
        .pageRefusedHelp: LocalizedText(
            "The server did not take these. Nothing of them is lost: put them right, try again, or discard them.",
            "De server nam deze niet aan. Er is niets van kwijt: verbeter ze, probeer het opnieuw, of gooi ze weg."
        ),
        .pageNothingRefused: LocalizedText("Nothing was refused.", "Er is niets geweigerd."),
        .pageCorrect: LocalizedText("Put right", "Verbeteren"),
        .pageRetry: LocalizedText("Try again as it is", "Zo opnieuw proberen"),
        .pageDiscard: LocalizedText("Discard", "Weggooien"),
        .pageDiscarded: LocalizedText("Discarded.", "Weggegooid."),
        .pageRecordedAgain: LocalizedText(
            "Recorded again; it is sent next time.",
            "Opnieuw vastgelegd; het wordt de volgende keer verstuurd."
        ),
        .pageSay: LocalizedText("Reason: {reason}", "Reden: {reason}"),
        .pageHistoryDay: LocalizedText("Up to the day", "Tot en met de dag"),
        .pageHistoryPerson: LocalizedText("Person", "Persoon"),
        .pageHistoryType: LocalizedText("What", "Wat"),
        .pageHistoryAbout: LocalizedText("About", "Over"),
        .pageEverybody: LocalizedText("everybody", "iedereen"),
        .pageEverything: LocalizedText("everything", "alles"),
        .pageShow: LocalizedText("Show", "Tonen"),
        .pageEarlier: LocalizedText("Earlier", "Eerder"),
        .pageAgendaThen: LocalizedText("See the agenda on a day", "De agenda op een dag bekijken"),
        .pageDay: LocalizedText("Day", "Dag"),
        .pageNoneHappened: LocalizedText("Nothing that happened fits.", "Er gebeurde niets dat hierbij past."),
        .pageSeeThen: LocalizedText("See the agenda as it was then", "De agenda van toen bekijken"),
        .pageMoment: LocalizedText("Which moment this is", "Welk moment dit is"),
        .pageDiscardForGood: LocalizedText("Discard for good", "Voorgoed weggooien"),
        .pageHistoryFilter: LocalizedText("Choose what to see", "Kies wat u wilt zien"),
        .pageDayHint: LocalizedText("2026-11-12", "12-11-2026"),
        .pageChart: LocalizedText(
            "{title}: from {first} on {from} to {last} on {to}",
            "{title}: van {first} op {from} tot {last} op {to}"
        ),
        .pageHelp: LocalizedText("Help", "Hulp"),
        .pageHelpLead: LocalizedText(
            "How things are done, and what to do when something is in the way. The commands do the same as these pages.",
            "Hoe alles gaat, en wat te doen als iets in de weg zit. De opdrachten doen hetzelfde als deze pagina's."
        ),
        .pageHelpAll: LocalizedText("All guides", "Alle uitleg"),
        .pageTake: LocalizedText("Take along", "Meenemen"),
        .pageTakeHelp: LocalizedText(
            "The agenda as files for other programs. They hold what has been sent and received, and nothing that waits.",
            "De agenda als bestanden voor andere programma's. Ze bevatten wat verstuurd en ontvangen is, en niets dat nog wacht."
        ),
        .pageTakeHelpVisitor: LocalizedText(
            "The agenda as files for other programs, without people, devices and notes.",
            "De agenda als bestanden voor andere programma's, zonder mensen, apparaten en notities."
        ),
        .pageTakeState: LocalizedText("Everything as JSON", "Alles als JSON"),
        .pageTakeStateText: LocalizedText(
            "For programmers: everything that the agenda has, with what it can be held against.",
            "Voor programmeurs: alles wat de agenda bevat, met waaraan het te controleren is."
        ),
        .pageTakeLog: LocalizedText("The log", "Het logboek"),
        .pageTakeLogText: LocalizedText(
            "All that was ever recorded, a line each, as it was signed.",
            "Alles wat ooit is vastgelegd, een regel per gebeurtenis, zoals het is ondertekend."
        ),
        .pageTakeCatalog: LocalizedText("Description for a data register", "Beschrijving voor een dataregister"),
        .pageTakeCatalogText: LocalizedText(
            "Says of the other files what they are and how to know them (DCAT-AP-NL).",
            "Zegt van de andere bestanden wat ze zijn en hoe ze te herkennen zijn (DCAT-AP-NL)."
        ),
        .pageTakeWorkbook: LocalizedText("Spreadsheet", "Spreadsheet"),
        .pageTakeWorkbookText: LocalizedText(
            "One workbook with a sheet for each table, for Excel and LibreOffice.",
            "Eén werkboek met een blad per tabel, voor Excel en LibreOffice."
        ),
        .pageTakeTables: LocalizedText("Tables", "Tabellen"),
        .pageTakeTablesText: LocalizedText(
            "All tables as CSV, in one archive.",
            "Alle tabellen als CSV, in één archief."
        ),
        .pageTakeDatabase: LocalizedText("Database", "Database"),
        .pageTakeDatabaseText: LocalizedText("All tables in one SQLite file.", "Alle tabellen in één SQLite-bestand."),
        .pageTakeMap: LocalizedText("Map", "Kaart"),
        .pageTakeMapText: LocalizedText(
            "The projects that have a place, as GeoJSON.",
            "De projecten met een plaats, als GeoJSON."
        ),
        .pageProof: LocalizedText("Where this comes from", "Waar dit vandaan komt"),
        .pageProofHelp: LocalizedText(
            "Every value stands in an entry of the log, which is signed as a whole. Checking computes again, on this laptop, that "
                + "the entry is there and says what is shown.",
            "Elke waarde staat in een regel van het logboek, dat als geheel is ondertekend. Controleren rekent op deze laptop na "
                + "dat de regel daarin staat, en zegt wat hier getoond wordt."
        ),
        .pageProofHelpVisitor: LocalizedText(
            "Every value stands in an entry of the log, which is signed as a whole. Your own browser can compute that the entry is "
                + "there and says what is shown.",
            "Elke waarde staat in een regel van het logboek, dat als geheel is ondertekend. Uw eigen browser kan narekenen dat de "
                + "regel daarin staat, en zegt wat hier getoond wordt."
        ),
        .pageProofCheck: LocalizedText("Check this", "Controleren"),
        .pageProofOfAll: LocalizedText(
            "Where this comes from, to be checked",
            "Waar dit vandaan komt, om te controleren"
        ),
        .pageProofCheckAll: LocalizedText("Check everything", "Alles controleren"),
        .pageEntry: LocalizedText("entry {number}", "regel {number}"),
        .pageProofHolds: LocalizedText(
            "Right: the signed log has this.",
            "Klopt: dit staat in het ondertekende logboek."
        ),
        .pageProofHoldsIn: LocalizedText(
            "Right: the signed log of {count} entries has this.",
            "Klopt: dit staat in het ondertekende logboek van {count} regels."
        ),
        .pageProofOther: LocalizedText(
            "Not right: the log has this entry, and it says something else.",
            "Klopt niet: het logboek heeft deze regel, en die zegt iets anders."
        ),
        .pageProofFailed: LocalizedText("Not right: {reason}", "Klopt niet: {reason}"),
        .pageProofBroken: LocalizedText(
            "Not right: this entry was changed, or it does not stand in the signed log.",
            "Klopt niet: deze regel is veranderd, of staat niet in het ondertekende logboek."
        ),
        .pageProofSum: LocalizedText("The sum of the measurements ({count}).", "De som van de metingen ({count})."),
        .pageProofLatest: LocalizedText(
            "The latest of the measurements ({count}).",
            "De laatste van de metingen ({count})."
        ),
        .pageProofSome: LocalizedText("The last {count} are listed here.", "De laatste {count} staan hier."),
        .pageProofSumHolds: LocalizedText(
            "Right: the checked measurements come to this.",
            "Klopt: de gecontroleerde metingen komen hierop uit."
        ),
        .pageProofSumOther: LocalizedText(
            "Not right: the checked measurements come to {total}.",
            "Klopt niet: de gecontroleerde metingen komen uit op {total}."
        ),
        .pageProofSumUnknown: LocalizedText(
            "Not right: not every measurement passed its check.",
            "Klopt niet: niet elke meting kwam door de controle."
        ),
        .pageProofTake: LocalizedText("Take the evidence along", "Bewijs meenemen"),
        .pageProofKey: LocalizedText("The log's key", "De sleutel van het logboek"),
        .pageProofKeyHelp: LocalizedText(
            "Compare it with the key that whoever keeps the agenda has made known elsewhere. With it, ambit check and Tools/verify.py "
                + "check evidence without a network.",
            "Vergelijk hem met de sleutel die de beheerder van de agenda elders bekend heeft gemaakt. Daarmee controleren ambit check "
                + "en Tools/verify.py een bewijs zonder netwerk."
        ),
        .pageProofNot: LocalizedText("What this does not show", "Wat dit niet aantoont"),
        .pageProofNotCorrected: LocalizedText(
            "That nothing has corrected a value since.",
            "Dat een waarde sindsdien niet is verbeterd."
        ),
        .pageProofNotWhole: LocalizedText(
            "That a sum has all measurements: only that those listed here are in the log.",
            "Dat een som alle metingen heeft: alleen dat de metingen hier in het logboek staan."
        ),
        .pageProofNotServer: LocalizedText(
            "That the server is honest: this page, its script and the key come from it.",
            "Dat de server eerlijk is: deze pagina, haar script en de sleutel komen daarvandaan."
        ),
        .pageProofNoScripts: LocalizedText(
            "Checking here needs scripts. Without them, take the evidence along and check it with another program.",
            "Hier controleren kan alleen met scripts. Neem zonder scripts het bewijs mee, en controleer het met een ander programma."
        ),
        .pageProofCannot: LocalizedText(
            "This browser cannot check here: that needs https and a browser that knows Ed25519. Take the evidence along instead.",
            "Deze browser kan hier niet controleren: dat vraagt om https en een browser die Ed25519 kent. Neem in plaats daarvan het "
                + "bewijs mee."
        ),
        .pageProofAway: LocalizedText(
            "Not checked: the evidence could not be fetched. Try again later.",
            "Niet gecontroleerd: het bewijs kon niet worden opgehaald. Probeer het later nog eens."
        ),
        .pageProofBusy: LocalizedText("Checking…", "Bezig met controleren…"),
        .pageProofBeside: LocalizedText("one of several values in conflict", "een van meer waarden in conflict"),
        .pageToSubject: LocalizedText("Back", "Terug"),
        .pageWelcome: LocalizedText("Welcome", "Welkom"),
        .pageWelcomeHelp: LocalizedText(
            "There is no agenda on this laptop yet. Somebody who keeps one has sent you a link: paste it here, and the agenda comes "
                + "over.",
            "Op deze laptop is nog geen agenda. Iemand die er een beheert, heeft u een link gestuurd: plak die hier, en de agenda "
                + "komt naar u toe."
        ),
        .pageWelcomeLink: LocalizedText("The link that you were sent", "De link die u kreeg"),
        .pageWelcomeLinkHint: LocalizedText(
            "It looks like https://…/agendas/assen#invite=CODE, and works once.",
            "Die ziet eruit als https://…/agendas/assen#invite=CODE, en werkt één keer."
        ),
        .pageWelcomeName: LocalizedText("Your name", "Uw naam"),
        .pageWelcomeNameHint: LocalizedText(
            "As other members of the agenda will read it.",
            "Zoals de andere deelnemers van de agenda hem lezen."
        ),
        .pageWelcomeDevice: LocalizedText("What to call this laptop", "Hoe deze laptop heet"),
        .pageWelcomeDeviceHint: LocalizedText(
            "So that you and others can tell your laptops apart.",
            "Zodat u en anderen uw laptops uit elkaar houden."
        ),
        .pageJoin: LocalizedText("Bring the agenda over", "De agenda ophalen"),
        .pageArriving: LocalizedText("The agenda is coming in", "De agenda komt binnen"),
        .pageArrivingHelp: LocalizedText(
            "This page goes on by itself as soon as everything is here and verified.",
            "Deze pagina gaat vanzelf verder zodra alles hier is, en is nagerekend."
        ),
        .pageLookAgain: LocalizedText("Look again", "Opnieuw kijken"),
        .pageWelcomeNoLink: LocalizedText(
            "This is no link to an agenda with an invite. Copy all of it, up to the last letter of the code.",
            "Dit is geen link naar een agenda met een uitnodiging. Kopieer hem helemaal, tot en met de laatste letter van de code."
        ),
        .pageWelcomeNoInvite: LocalizedText(
            "This invite lets nobody in (any more): it is unknown, was used, or has expired. Ask for a new link.",
            "Deze uitnodiging werkt niet (meer): ze is onbekend, gebruikt of verlopen. Vraag om een nieuwe link."
        ),
        .pageWelcomeNoAgenda: LocalizedText(
            "There is no agenda at this address. Ask whoever sent you the link.",
            "Op dit adres is geen agenda. Vraag het degene die u de link stuurde."
        ),
        .pageWelcomeAway: LocalizedText(
            "The server cannot be reached. Look at your network, and try again: the same link still lets you in.",
            "De server is niet te bereiken. Kijk naar uw netwerk, en probeer het opnieuw: dezelfde link laat u nog binnen."
        ),
        .pageWelcomeOther: LocalizedText(
            "Something else than Ambit answers at this address. Ask whoever sent you the link.",
            "Op dit adres antwoordt iets anders dan Ambit. Vraag het degene die u de link stuurde."
        ),
        .pageWelcomeInsecure: LocalizedText(
            "The connection to this address is not safe: others could read the invite. Ask for a link that begins with https.",
            "De verbinding met dit adres is niet veilig: anderen zouden de uitnodiging kunnen lezen. Vraag om een link die begint "
                + "met https."
        ),
        .pageWelcomeNoName: LocalizedText(
            "This cannot be a name: it has 1 to 200 characters, and all of them can be seen, but for spaces between words.",
            "Dit kan geen naam zijn: die heeft 1 tot 200 tekens, en die zijn allemaal te zien, op spaties tussen woorden na."
        ),
        .pagePeople: LocalizedText("People and devices", "Mensen en apparaten"),
        .pagePeopleHelp: LocalizedText(
            "Who takes part in this agenda, what they may do, and with which laptops.",
            "Wie meedoen aan deze agenda, wat zij mogen, en met welke laptops."
        ),
        .pageInvite: LocalizedText("Invite somebody", "Iemand uitnodigen"),
        .pageInviteRole: LocalizedText("What they may do", "Wat die persoon mag"),
        .pageInviteMake: LocalizedText("Make a link", "Link maken"),
        .pageInviteMade: LocalizedText(
            "Pass this link on to one person. It works once, until {time}, and is not shown again.",
            "Geef deze link aan één persoon. Hij werkt één keer, tot {time}, en wordt niet nog eens getoond."
        ),
        .pageInviteOther: LocalizedText("Link for another laptop", "Link voor nog een laptop"),
        .pageInvitesOpen: LocalizedText("Open invites", "Open uitnodigingen"),
        .pageInviteWithdrawn: LocalizedText(
            "The invite lets nobody in any more.",
            "De uitnodiging laat niemand meer binnen."
        ),
        .pageWithdraw: LocalizedText("Take back", "Intrekken"),
        .inviteVoid: LocalizedText(
            "lets nobody in any more: its maker is no admin now",
            "laat niemand meer binnen: de maker is geen beheerder meer"
        ),
        .pageUntil: LocalizedText("until {time}", "tot {time}"),
        .pageRole: LocalizedText("Role", "Rol"),
        .pageRoleChange: LocalizedText("Change the role", "Rol wijzigen"),
        .pageRoleNow: LocalizedText("{name} is {role} now.", "{name} is nu {role}."),
        .pageLetGo: LocalizedText("Let go", "Laten gaan"),
        .pageLetGoSure: LocalizedText(
            "None of this person's laptops has access any more. What they recorded stays.",
            "Geen van de laptops van deze persoon heeft daarna nog toegang. Wat die vastlegde, blijft."
        ),
        .pageGone: LocalizedText("{name} no longer takes part.", "{name} doet niet meer mee."),
        .pageHasLeft: LocalizedText("no longer takes part", "doet niet meer mee"),
        .pageRevoke: LocalizedText("Take access away", "Toegang intrekken"),
        .pageRevokeSure: LocalizedText(
            "This laptop, and every one that goes on from it, sends and receives nothing any more.",
            "Deze laptop, en elke die daarop voortgaat, verstuurt en ontvangt daarna niets meer."
        ),
        .pageRevoked: LocalizedText("no access", "geen toegang"),
        .pageDeviceRevoked: LocalizedText("The laptop has no access any more.", "De laptop heeft geen toegang meer."),
        .pageSeenAsk: LocalizedText("Ask the server who is behind", "De server vragen wie achterloopt"),
        .pageSeenLast: LocalizedText("last seen {time}", "laatst gezien {time}"),
        .pageSeenNever: LocalizedText("not seen yet", "nog niet gezien"),
        .pageBehindMany: LocalizedText("{count} entries behind", "{count} gebeurtenissen achter"),
        .pageBehindNone: LocalizedText("up to date", "helemaal bij"),
        .pageServerAway: LocalizedText(
            "The server cannot be reached. This needs a network: try again later.",
            "De server is niet te bereiken. Hiervoor is netwerk nodig: probeer het later nog eens."
        ),
        .pagePlaceMap: LocalizedText(
            "A drawing: this project in the middle; other projects around it: {count}; the scale is {scale}",
            "Een tekening: dit project in het midden; andere projecten eromheen: {count}; de schaal is {scale}"
        ),
        .pagePlaceHelp: LocalizedText(
            "This project among the agenda's others; north is up.",
            "Dit project tussen de andere van de agenda; het noorden is boven."
        ),
        .pageCompare: LocalizedText("Compare two days", "Twee dagen vergelijken"),
        .pageCompareFrom: LocalizedText("From the end of", "Van het einde van"),
        .pageCompareTo: LocalizedText("to the end of (empty: now)", "tot het einde van (leeg: nu)"),
        .pageCompareNew: LocalizedText("new", "nieuw"),
        .pageCompareField: LocalizedText("Field", "Gegeven"),
        .pageCompareBefore: LocalizedText("Was", "Was"),
        .pageCompareAfter: LocalizedText("Became", "Werd"),
        .pageCompareOrder: LocalizedText(
            "The first day is after the second. Give the earlier one first.",
            "De eerste dag is na de tweede. Geef de vroegste eerst."
        ),
        .pageCompared: LocalizedText("What differs", "Wat verschilt"),
        .pageComparedOne: LocalizedText("1 thing differs.", "1 ding verschilt."),
        .pageComparedMany: LocalizedText("{count} things differ.", "{count} dingen verschillen."),
        .pageUndo: LocalizedText("Take back", "Terugnemen"),
        .pageAlreadySent: LocalizedText(
            "This has been sent, or may have been: it can be corrected, and no longer be taken back.",
            "Dit is verstuurd, of misschien verstuurd: het kan worden verbeterd, en niet meer worden teruggenomen."
        ),
        .pageOthersRest: LocalizedText(
            "Something that was recorded later rests on this. Take that back first.",
            "Iets dat later is vastgelegd, rust hierop. Neem dat eerst terug."
        ),
    ]
}
