#!/usr/bin/env python3
"""Tools/check_messages.py on this project, and on sources that are not in order: it must be able to fail.

    python3 Tests/checks/test_check_messages.py
"""
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tools"))
from check_messages import CATALOGUE, HELP, SCOPE, SHORTEST, check, helps, messages, printed  # noqa: E402


class Checking(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="ambit-check-messages.")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.write(CATALOGUE, "")
        self.write(HELP, "")

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def found(self, source, *pairs):
        self.write("Sources/SyncClient/Sync/Fault.swift", source)
        self.write(CATALOGUE, "".join(f'msgid "{english}"\nmsgstr "{dutch}"\n' for english, dutch in pairs))
        return check(self.root)[0]

    def test_this_project_says_everything_in_both_languages(self):
        self.assertEqual(check(ROOT)[0], [])
        for pattern in SCOPE:
            self.assertTrue(list((ROOT / "Sources").glob(pattern)), f"nothing is called {pattern}")

    def test_what_is_translated_passes(self):
        self.assertEqual(self.found('throw Fault("the file \\(name) is gone")', ("the file {1} is gone", "het bestand {1} is weg")), [])

    def test_what_is_not_translated_is_told(self):
        for source in ('throw Fault("the file is gone")', 'return isGone ? "the file is gone" : name', 'let it = "a" + "the file is gone"',
                       'throw Fault("\\(isGone ? "the file is gone" : "")")', 'throw Fault("""\n    the file \\\n    is gone\n    """)',
                       'throw Fault("the file " + name)'):
            with self.subTest(source):
                self.assertEqual(len(self.found(source)), 1, self.found(source))
                self.assertEqual(len(self.found(source, ("another text", "een andere tekst"))), 2)

    def test_translations_without_a_text_or_a_hole(self):
        source = 'throw Fault("the file \\(name) is gone")'
        self.assertEqual(len(self.found(source, ("the file {1} is gone", ""))), 1)
        self.assertEqual(len(self.found(source, ("the file {1} is gone", "het bestand is weg"))), 1)
        self.assertEqual(len(self.found(source, *[("the file {1} is gone", "het bestand {1} is weg")] * 2)), 1)

    def test_a_message_that_no_text_would_be_taken_for_is_told(self):
        short, told = "{1} by {2}", "{1} failed: {2}"
        self.assertEqual(len(self.found('let it = "\\(time) by \\(name)"', (short, "{1} door {2}"))), 1)
        self.assertEqual(self.found('let it = "\\(what) failed: \\(error)"', (told, "{1} is mislukt: {2}")), [])
        source = (ROOT / "Sources/Wording/Errors/TranslatedMessage.swift").read_text()
        self.assertIn(f"minimumLetterCount = {SHORTEST}\n", source)

    def test_english_that_is_printed_as_it_is_is_told(self):
        for source, texts in (
                ('Output.line("\\(count) entries")', ["{1} entries"]),
                ('Output.line("\\(isNone ? "none" : "\\(count)")")', ["none"]),
                ('Output.table([["verifier key", key]])', ["verifier key"]),
                ('Output.table(members.map { [$0.member, $0.isActive ? $0.role : "left"] })', ["left"]),
                ('Output.aside("wait" + "\\n")', ["wait"]),
                ('Output.line(localizer.message(.manyWait, ["count": "\\(count)"]))', []),
                ('Output.line(Vocabulary.value(role, of: "role", .spoken))', []),
                ('Output.table([[words("entry \\(position)"), localizer.date(day)]], indent: "  ")', []),
                ('Output.say("no open invites")', []), ('Output.line("\\(name): \\(value)")', []), ('log.line("in English")', [])):
            self.assertEqual(printed(source), texts, source)
        self.write("Sources/ambit/Reading/Show.swift", 'Output.table([["entries", "\\(size)"]])')
        (wrong,) = check(self.root)[0]
        self.assertIn("Output.say", wrong)

    def test_articles_make_a_message(self):
        self.assertEqual(len(self.found('throw Fault("a number")')), 1)

    def test_what_nobody_is_told_needs_none(self):
        for source in ('preconditionFailure("the file is gone")', '@Flag(help: "Do it all at once.") var all = false', "// \"the file is gone\"",
                       'let sql = "SELECT a FROM the_table where it is"', 'let word = "one"', "let pattern = #/the file is/#",
                       'let columns = "number, length, \\(hash)"', 'let mend = "ambit agenda restore \\(name) --key COPY --data \\(path)"',
                       'let mend = "sudo ambit doctor \\(path)"'):
            self.assertEqual(self.found(source), [], source)

    def test_help_is_told_and_has_a_translation(self):
        source = ('@Option(help: .told("One \\\n" + "two.", discussion: """\n    Three\n    four.\n    """, valueName: "file")) var all\n'
                  'let c = CommandConfiguration(abstract: .told("Five."), discussion: .told("Six."))\n')
        self.assertEqual(helps(source), (["One two.", "Three\nfour.", "Five.", "Six."], []))
        for bare in ('@Flag(help: "Do it.") var all = false', 'CommandConfiguration(abstract: "Do it.")', 'ArgumentHelp("Do it.")',
                     'CommandConfiguration(abstract: .told(x), discussion: "Do it.")'):
            self.assertEqual(helps(bare), ([], ["Do it."]), bare)
        self.write("Sources/ambit/Page/Page.swift", '@Flag(help: .told("Do it.")) var all = false')
        self.assertEqual(len(check(self.root)[0]), 1)
        self.write(HELP, 'msgid "Do it."\nmsgstr "Doe het."\n')
        self.assertEqual(check(self.root)[0], [])
        self.write(HELP, 'msgid "Do it."\nmsgstr "Doe het."\n\nmsgid "Do more."\nmsgstr "Doe meer."\n')
        self.assertEqual(len(check(self.root)[0]), 1)

    def test_how_texts_are_read(self):
        self.assertEqual(messages('f("a \\(b("c \\(d)")) e", "\\u{2026}\\n\\"")'), ["c {1}", "a {1} e", "…\n\""])
        self.assertEqual(messages('f("a" + "b \\(c)" + d + "e")'), ["ab {1}{2}", "e"])


if __name__ == "__main__":
    unittest.main()
