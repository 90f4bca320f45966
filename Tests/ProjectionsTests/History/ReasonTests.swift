import AgendaModel
import Testing

@testable import Projections

@Suite("Reasons, beside what they explain")
struct ReasonTests {
    private func head(_ counter: Int, _ value: String, by source: EventSource = "device/aaaaaa") -> Head {
        Head(
            position: Position(counter),
            source: source,
            counter: Counter(counter),
            time: Timestamp(millisecondsSince1970: counter),
            value: Array(value.utf8)
        )
    }

    private func shown(_ registers: [Register]) throws -> [String] {
        let naming = Naming { _, _ in nil }
        return try ShownSubject("project/aaaaaa-1", registers: registers, naming: naming).fields.map(\.path)
    }

    @Test("A reason is shown as long as something else that its event wrote is")
    func holds() throws {
        let title = Register(path: "/title", heads: [head(1, #""Warmtenet""#)])
        let reason = Register(path: "/reason", heads: [head(2, #""Geen geld""#)])
        let phase = Register(path: "/phase", heads: [head(2, #""halted""#)])
        #expect(try shown([phase, reason, title]) == ["/phase", "/reason", "/title"])
        // Went on, without a reason.
        let next = Register(path: "/phase", heads: [head(3, #""realisation""#)])
        #expect(try shown([next, reason, title]) == ["/phase", "/title"])
        // The same counter of another device.
        let other = Register(path: "/phase", heads: [head(2, #""idea""#, by: "device/bbbbbb")])
        #expect(try shown([other, reason]) == ["/phase"])
        // In conflict: what is shown counts.
        let both = Register(path: "/phase", heads: [head(3, #""idea""#), head(2, #""halted""#)])
        #expect(try shown([both, reason]) == ["/phase"])
        #expect(try shown([title]) == ["/title"])
    }
}
