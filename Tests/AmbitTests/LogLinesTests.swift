import Dispatch
import Synchronization
import Testing

@testable import ambit

@Suite("Lines of the server's log")
struct LogLinesTests {
    private final class Reader: Sendable {
        let written = Mutex("")
        let turn = DispatchSemaphore(value: 0)

        var lines: [Substring] { written.withLock { $0 }.split(separator: "\n") }
    }

    @Test("come in their order, from many threads, and all of them before the end")
    func order() {
        let reader = Reader()
        let lines = LogLines({ text in reader.written.withLock { $0 += text } }, telling: { "\($0) left out\n" })
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for number in 0..<100 { lines.add("\(thread) \(number)\n") }
        }
        lines.flush(within: .seconds(600))
        #expect(reader.lines.count == 800)
        for thread in 0..<8 {
            let own = reader.lines.filter { $0.hasPrefix("\(thread) ") }
            #expect(own == (0..<100).map { "\(thread) \($0)" })
        }
    }

    @Test("that nobody reads hold nobody up, and what is left out is counted")
    func unread() {
        let reader = Reader()
        let lines = LogLines(
            { text in
                reader.turn.wait()
                reader.written.withLock { $0 += text }
            },
            telling: { "\($0) left out\n" }
        )
        lines.add("first\n")
        let line = String(repeating: "x", count: LogLines.limit / 64 - 1) + "\n"
        for _ in 0..<1000 { lines.add(line) }
        lines.flush(within: .milliseconds(1))
        #expect(reader.lines.isEmpty)
        for _ in 0..<8 { reader.turn.signal() }
        lines.flush(within: .seconds(600))
        let found = reader.lines
        let leftOut = found.compactMap { $0.hasSuffix(" left out") ? Int($0.prefix { $0 != " " }) : nil }.reduce(0, +)
        #expect(found.first == "first" && found.count { $0.hasPrefix("x") } + leftOut == 1000 && leftOut > 800)
        lines.add("last\n")
        lines.flush(within: .seconds(600))
        #expect(reader.lines.last == "last")
    }
}
