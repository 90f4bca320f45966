internal import AgendaModel
internal import SyncClient
internal import SyncProtocol

extension FuzzTarget {
    /// The answer to a push, as a laptop takes it.
    package static let verdicts = FuzzTarget(name: "verdicts", seeds: { VerdictsTarget.seeds }) { input in
        try VerdictsTarget.check(input)
    }
}

enum VerdictsTarget {
    /// What was pushed; the greatest counter that there can be is among it.
    private static let counters = [3, 4, 5, 8].map { Counter($0) } + [.maximum]

    static let seeds: [[UInt8]] = [
        answer(
            accepted: #"{"first":"3","last":"5","position":10},{"first":"8","last":"8","position":13}"#,
            rejected: #"{"line":5,"problem":{"type":"/problems/invalid-data","title":"a","detail":"b"}}"#
        ),
        answer(
            accepted: #"{"first":"3","last":"4","position":0}"#,
            duplicate:
                #"{"first":"5","last":"5","position":2},{"first":"9007199254740991","last":"9007199254740991","position":7}"#,
            rejected: #"{"id":"8","line":4,"problem":{"type":"/problems/identity-reused","title":"a"}}"#
        ),
        answer(accepted: #"{"first":"3","last":"9223372036854775807","position":9223372036854775807}"#),
        answer(), Array("{}".utf8),
    ]

    private static func answer(accepted: String = "", duplicate: String = "", rejected: String = "") -> [UInt8] {
        Array(
            (#"{"size":20,"checkpoint":"","recordedtime":"2026-11-12T10:11:12.123Z","accepted":[\#(accepted)],"#
                + #""duplicate":[\#(duplicate)],"rejected":[\#(rejected)]}"#).utf8
        )
    }

    static func check(_ input: [UInt8]) throws {
        guard let answer = try? ProtocolJSON.decode(PushAnswer.self, from: input) else { return }
        let written = try ProtocolJSON.decode(PushAnswer.self, from: answer.encoded())
        try require(written == answer, "the answer is written differently than it was read")
        guard let verdicts = Verdicts(answer, on: counters) else { return }
        var judged = verdicts.refusals.map(\.counter)
        for placed in verdicts.placed {
            judged += placed.counters
            let last = placed.position.rawValue.addingReportingOverflow(placed.counters.count)
            try require(
                placed.position >= Position(0) && !last.overflow && last.partialValue <= answer.size,
                "a place in the log"
            )
        }
        // Those that somebody else has used have no verdict: they stay pending for another device.
        judged += answer.rejected.filter { $0.problem.problem == .identityReused }.map { counters[$0.line - 1] }
        try require(judged.sorted() == counters, "not every event has one verdict: \(judged)")
        let names = answer.accepted + answer.duplicate
        try require(
            names.allSatisfy { String(Int($0.first) ?? 0) == $0.first && String(Int($0.last) ?? 0) == $0.last },
            "a counter that is written in no way in which counters are written"
        )
    }
}
