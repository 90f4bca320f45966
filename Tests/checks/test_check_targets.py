#!/usr/bin/env python3
"""Tools/check_targets.py on packages that are in order and that are not: it must be able to fail.

    python3 Tests/checks/test_check_targets.py
"""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Tools"))
from check_targets import crowded, wrong_bounds, wrong_imports, wrong_names  # noqa: E402


class Checking(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="ambit-check-targets.")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def manifest(self, *dependencies, **target):
        """A package of one target, with dependencies as `swift package dump-package` gives them."""
        found = [{"product": [name, "a-package", None, None]} if name.startswith("NIO") else {"byName": [name, None]}
                 for name in dependencies]
        return {"targets": [{"name": "Log", "type": "regular", "dependencies": found, **target}]}

    def imports(self, *dependencies, **target):
        return list(wrong_imports(self.manifest(*dependencies, **target), self.root))

    def names(self, *unnamed):
        return list(wrong_names(self.manifest(), self.root, unnamed))

    def test_what_is_in_order_passes(self):
        self.write("Sources/Log/Store/Entry.swift", "import Foundation\ninternal import Model\n\npackage struct Entry {}\n")
        self.write("Sources/Log/Entry+Reading.swift", "package import NIOCore\n\nextension Entry {}\n")
        self.assertEqual(self.imports("Model", "NIOCore"), [])
        self.assertEqual(self.names(), [])

    def test_a_module_that_is_not_declared(self):
        for line in ("import NIOSSL", "@testable import NIOSSL", "package import NIOSSL", "@preconcurrency import NIOSSL",
                     "import struct NIOSSL.TLSConfiguration", "@_spi(Sockets) internal import NIOSSL", "#if os(Linux)\n    import NIOSSL\n#endif"):
            with self.subTest(line):
                self.write("Sources/Log/Entry.swift", f"import Model\n{line}\n\nstruct Entry {{}}\n")
                self.assertEqual(self.imports("Model"), ["Sources/Log/Entry.swift: imports NIOSSL, which Log does not declare"])

    def test_a_module_that_is_declared_for_nothing(self):
        self.write("Sources/Log/Entry.swift", "// import NIOCore\n/* import NIOCore */\nstruct Entry {}\n")
        self.assertEqual(self.imports("NIOCore"), ["Package.swift: Log declares NIOCore, which it does not import"])

    def test_targets_elsewhere_and_in_part(self):
        self.write("Tests/Other/In/Entry.swift", "import NIOSSL\n")
        self.write("Tests/Other/Out/Entry.swift", "import NIOCore\n")
        self.assertEqual(len(self.imports(path="Tests/Other")), 2)
        self.assertEqual(len(self.imports(path="Tests/Other", sources=["In"])), 1)
        self.assertEqual(len(self.imports(path="Tests/Other", exclude=["In"])), 1)

    def test_a_file_that_is_named_after_nothing_in_it(self):
        self.write("Sources/Log/Entries.swift", "// struct Entries\nstruct Entry {}\n")
        self.write("Sources/Log/Entry+Writing.swift", "extension Store {}\n")
        self.assertEqual(self.names(), [
            "Sources/Log/Entries.swift: has no type Entries; name it after a type in it",
            "Sources/Log/Entry+Writing.swift: does not extend Entry",
        ])

    def test_names_that_are_right(self):
        for name, text in (("Entry", "package enum Entry {}"), ("Entry", "@Suite(\"x\")\nfinal class Entry {}"),
                           ("Entry", "package indirect enum Entry {}"), ("Entry", "extension Log {\n    struct Entry {}\n}"),
                           ("Entry", "typealias Entry = Int"), ("Entry+Text", "package extension Entry {}"),
                           ("Entry+Text", "extension Log.Entry {}"), ("Entry+Text", "extension Entry.Reader {}"), ("Entry+Text", "extension Entry: Codable {}")):
            with self.subTest(text):
                self.write(f"Sources/Log/{name}.swift", text + "\n")
                self.assertEqual(self.names(), [])

    def test_exceptions_hold_for_their_file(self):
        self.write("Sources/Log/Entries.swift", "struct Entry {}\n")
        self.write("Sources/Log/Store/Entries.swift", "struct Entry {}\n")
        self.assertEqual(len(self.names()), 2)
        self.assertEqual(self.names("Sources/Log/Entries.swift"),
                         ["Sources/Log/Store/Entries.swift: has no type Entries; name it after a type in it"])

    def test_functions_that_name_too_little(self):
        self.write("Sources/Log/Entry.swift", "struct Entry {\n"
                   "    init(_ a: Int, _ b: [(Int, Int)], _ c: (x: Int, y: Int)) {}\n"
                   "    func write<Value>(\n        _ a: Int = f(1, 2),\n        at b: Int,\n        _ c: inout [Int: Int],\n        _ d: Value\n    ) {}\n"
                   "    func each(_ body: (Int, Int) -> Void, _ a: Int, _ b: Int) {}\n}\n")
        self.assertEqual(list(crowded(self.manifest(), self.root)), [
            f"Sources/Log/Entry.swift: {name} has 3 parameters without a label; label them" for name in ("init", "write", "each")])
        self.assertEqual(list(crowded(self.manifest(), self.root, ["Sources/Log/Entry.swift"])), [])
        self.assertEqual(list(crowded(self.manifest(type="test", path="Sources/Log"), self.root)), [])

    def test_functions_that_name_enough(self):
        self.write("Sources/Log/Entry.swift", "struct Entry {\n"
                   "    init(_ a: Int, at b: Int, _ c: Int) {}\n"
                   "    func each(_ a: Int, _ b: [Int: Int], _ body: (_ first: Int, _ second: Int, _ third: Int) -> Void) {}\n"
                   "    // func each(_ a: Int, _ b: Int, _ c: Int)\n    func none() {}\n}\n")
        self.assertEqual(list(crowded(self.manifest(), self.root)), [])

    def test_bounds_with_a_name_of_their_own(self):
        self.write("Sources/Log/Entry.swift", "struct Entry {\n"
                   "    private static let most = 3\n    package static let longestLine: Int = 4\n    static let greatestSize = 5\n"
                   "    static let maximumCount = 6\n    static let mostly = 7\n    // static let most = 8\n"
                   "    func count() { let most = 9 }\n}\n")
        self.assertEqual(list(wrong_bounds(self.manifest(), self.root)), [
            f"Sources/Log/Entry.swift: a constant is named {name}; name it maximum…" for name in ("most", "longestLine", "greatestSize")])


if __name__ == "__main__":
    unittest.main()
