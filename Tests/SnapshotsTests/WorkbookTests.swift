import EventLogTesting
import Foundation
import Projections
import Testing

@testable import Snapshots

@Suite("The workbook and the map of a snapshot")
struct WorkbookTests {
    @Test(
        "Texts stand in cells as XML has them, and as spreadsheets read them back",
        arguments: [
            ("Assen", "Assen"), ("=1+1", "=1+1"), ("<b>&\"'", "&lt;b&gt;&amp;\"'"), ("een\ntwee", "een\ntwee"),
            ("een\r\ntwee", "een_x000D_\ntwee"), ("\u{0}\u{1F}", "_x0000__x001F_"), ("\u{FFFE}", "_xFFFE_"),
            ("_x000D_", "_x005F_x000D_"), ("_x00", "_x00"), ("_xyzvw_", "_xyzvw_"), ("é€😀", "é€😀"),
        ]
    )
    func texts(text: String, expected: String) {
        var bytes: [UInt8] = []
        SheetText(text).write(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test("A cell takes 32,767 UTF-16 units; of a longer text the beginning, with a mark")
    func longTexts() {
        for piece in ["a", "é", "😀", "\u{0}"] {
            let whole = String(repeating: piece, count: 32_767 / piece.utf16.count)
            #expect(!SheetText(whole).isCut)
            #expect(SheetText(whole).text == whole)
            let cut = SheetText(whole + piece + piece)
            #expect(cut.isCut)
            #expect(cut.text.utf16.count <= 32_767)
            #expect(cut.text.hasSuffix(" […]"))
            #expect(whole.hasPrefix(cut.text.dropLast(4)))
        }
    }

    @Test(
        "Days have the numbers that spreadsheets give them",
        arguments: [
            ("1900-03-01", 61), ("1970-01-01", 25_569), ("2026-11-12", 46_338), ("2000-02-29", 36_585),
            ("9999-12-31", 2_958_465), ("1900-02-28", nil), ("1850-01-01", nil), ("2026-13-01", nil), ("morgen", nil),
        ] as [(String, Int?)]
    )
    func days(day: String, number: Int?) {
        #expect(DayNumber(day)?.value == number)
    }

    @Test("A table with more rows than a sheet has is refused, with what to take instead")
    func tooManyRows() throws {
        var sheet = SheetWriter(.export)
        for _ in 0..<1_048_575 {
            try sheet.write([])
            if sheet.bytes.count > 1 << 20 { _ = sheet.take() }
        }
        #expect {
            try sheet.write([])
        } throws: { error in
            (error as? ProjectionError).map { $0.code == .tooLarge && $0.message.contains("tables.zip") } ?? false
        }
    }

    @Test("The map has the projects with a place on earth, with longitude first")
    func map() throws {
        let log = try TestLog()
        log.record("theme.opened", "theme/aaaaaa-1", #"{"title":"Wonen"}"#)
        log.record(
            "project.started",
            "project/aaaaaa-2",
            #"{"title":"Huis","theme":"theme/aaaaaa-1","location":{"latitude":52.99,"longitude":6.56}}"#
        )
        log.record("project.started", "project/aaaaaa-3", #"{"title":"Nergens"}"#)
        log.record(
            "project.started",
            "project/aaaaaa-4",
            #"{"title":"Niet op aarde","location":{"latitude":152.99,"longitude":6.56}}"#
        )
        log.record(
            "milestone.planned",
            "milestone/aaaaaa-5",
            #"{"project":"project/aaaaaa-2","title":"x","due":"2026-01-01"}"#
        )
        try log.commit()
        var bytes: [UInt8] = []
        try ProjectMap.write(log.snapshot()) { bytes += $0 }
        let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        let features = try #require(object?["features"] as? [[String: Any]])
        #expect(features.map { $0["id"] as? String } == ["project/aaaaaa-2"])
        let geometry = features[0]["geometry"] as? [String: Any]
        #expect(geometry?["coordinates"] as? [Double] == [6.56, 52.99])
        let properties = features[0]["properties"] as? [String: Any]
        #expect(properties?["theme_title"] as? String == "Wonen")
        #expect(properties?["milestones"] as? Int == 1)
    }
}
