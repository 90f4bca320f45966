import Testing

@testable import AgendaPages

@Suite("Which subjects refer to which")
struct ReferrersTests {
    private func referrers(_ count: Int) -> Referrers {
        var referrers = Referrers()
        for number in 0..<count {
            let item = Referrers.Item(subject: "note/\(number + 1_000_000)", day: 0)
            referrers.append(item, of: "note", to: "project/\(number)")
            referrers.append(item, of: "note", to: "theme/t")
        }
        return referrers
    }

    @Test("Very many that changed are forgotten in the time that looking at everything takes", .timeLimit(.minutes(1)))
    func many() {
        let count = 40_000
        var referrers = referrers(count)
        referrers.remove(Set((1..<count).map { "note/\($0 + 1_000_000)" } + ["project/7", "note/none"]))
        #expect(referrers.of("theme/t", kind: "note").map(\.subject) == ["note/1000000"])
        #expect(referrers.of("project/0", kind: "note").map(\.subject) == ["note/1000000"])
        #expect(referrers.of("project/\(count - 1)", kind: "note").isEmpty)
    }

    @Test("However many are forgotten at once, and whenever they came, no others are", arguments: [1, 2, 20, 100])
    func some(_ each: Int) {
        var referrers = referrers(100)
        for number in 0..<100 {
            let item = Referrers.Item(subject: "note/\(number)", day: 0)
            referrers.insert(item, of: "note", to: "theme/t")
        }
        var left = Set(0..<100)
        while !left.isEmpty {
            let gone = left.prefix(each)
            left.subtract(gone)
            referrers.remove(Set(gone.flatMap { ["note/\($0)", "note/\($0 + 1_000_000)"] }))
            let expected = left.flatMap { ["note/\($0)", "note/\($0 + 1_000_000)"] }.sorted()
            #expect(referrers.of("theme/t", kind: "note").map(\.subject) == expected)
            for number in 0..<100 {
                let isThere = !referrers.of("project/\(number)", kind: "note").isEmpty
                #expect(isThere == left.contains(number))
            }
        }
    }
}
