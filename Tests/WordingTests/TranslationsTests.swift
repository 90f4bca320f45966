import Testing

@testable import Wording

@Suite("Errors in the reader's language")
struct TranslationsTests {
    @Test(
        "A message, what fills its holes, and the step after it are each translated",
        arguments: [
            ("update ambit", "werk ambit bij"),
            (
                "there is no project/aaaaaaaa-1, neither synced nor recorded here",
                "er is geen project/aaaaaaaa-1, niet van een sync en niet hier vastgelegd"
            ),
            (
                "the server cannot be reached: nothing answers at that address and port; check the network and the address; "
                    + "what is recorded is kept and sent at the next sync",
                "de server is niet te bereiken: niets antwoordt op dat adres en die poort; kijk het netwerk en het adres na; wat "
                    + "is vastgelegd blijft bewaard en gaat mee met de volgende sync"
            ),
            (
                "import.ndjson, line 3: data: must be a whole number. Nothing was recorded.",
                "import.ndjson, regel 3: data: moet een geheel getal zijn. Er is niets vastgelegd."
            ),
            ("line 2: type: is missing", "regel 2: type: ontbreekt"),
            (
                "has 31 of the 32 entries that have been shown, and lacks 1",
                "heeft 31 van de 32 gebeurtenissen die getoond zijn, en mist er 1"
            ),
            ("uit.ndjson: ndjson of 1 entry", "uit.ndjson: ndjson van 1 gebeurtenis"),
            (
                "uit.ndjson: ndjson of 31 entries and 1 event that is not in the log",
                "uit.ndjson: ndjson van 31 gebeurtenissen en 1 gebeurtenis die niet in het logboek staat"
            ),
            ("the sync failed: the server does not answer", "de sync is mislukt: de server antwoordt niet"),
            (
                "segment 0: segment 0 is damaged: its CRC-32 does not match its 4321 bytes",
                "segment 0: segment 0 is beschadigd: de CRC-32 past niet bij de 4321 bytes ervan"
            ),
            (
                "row member/aaaaaaaa-1 of members: its role is not bytes",
                "rij member/aaaaaaaa-1 van members: in role hoort bytes te staan, en er staat iets anders"
            ),
            ("tile/0/000: it is missing", "tile/0/000: ontbreekt"),
            (
                "The role auditor does not include this. Ask an administrator of the agenda for a role that may do this.",
                "De rol controleur omvat dit niet. Vraag een beheerder van de agenda om een rol die dit mag."
            ),
            (
                "settling project takes project.revised, which needs the role editor, and the role here is auditor",
                "project beslechten gaat met project.revised, waarvoor de rol redacteur nodig is; de rol hier is controleur"
            ),
            (
                "\"warm\" is in several titles: Warmtenet (project/aaaaaaaa-1), and 3 more; give more of the title",
                "\"warm\" staat in meer titels: Warmtenet (project/aaaaaaaa-1), en nog 3; geef meer van de titel"
            ),
        ]
    )
    func words(_ english: String, _ dutch: String) {
        #expect(Language.dutch.words(of: english) == dutch)
        #expect(Language.english.words(of: english) == english)
    }

    @Test(
        "What is no message stays as it is",
        arguments: [
            "", " ", "{1}", "Warmtenet Noord is of ons", "er is niets vastgelegd", "a: b; c. d",
            String(repeating: "a: b; ", count: 200), String(repeating: "update ambit; ", count: 5000),
        ]
    )
    func values(_ text: String) {
        #expect(Language.dutch.words(of: text) == text)
    }

    @Test("Values keep what looks like a hole, a quote or an escape")
    func marks() {
        #expect(Language.dutch.words(of: "there is no device {2}") == "er is geen apparaat {2}")
        let translations = Translations(
            Array(
                #"""
                # A comment.
                msgid "it \"is\" {1}\n"
                msgstr "het \"is\" {1}\n"

                msgid "not translated yet"
                msgstr ""
                """#.utf8
            )
        )
        #expect(translations.words(of: "it \"is\" a\\b\n") == "het \"is\" a\\b\n")
        #expect(translations.words(of: "not translated yet") == "not translated yet")
    }

    @Test("The message that accounts for more of a text wins")
    func longest() {
        let translations = Translations(
            Array(
                """
                msgid "the file {1}"
                msgstr "het bestand {1}"
                msgid "the file {1} is missing"
                msgstr "het bestand {1} ontbreekt"
                """.utf8
            )
        )
        #expect(translations.words(of: "the file a is missing") == "het bestand a ontbreekt")
        #expect(translations.words(of: "the file a is there") == "het bestand a is there")
    }
}
