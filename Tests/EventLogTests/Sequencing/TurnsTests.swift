import Testing

@testable import EventLog

@Suite("Turns")
struct TurnsTests {
    private func order(_ waiting: [(String, Int)]) -> [Int] {
        var turns = Turns<String, Int>()
        for (owner, element) in waiting { turns.append(element, of: owner) }
        #expect(turns.count == waiting.count)
        var order: [Int] = []
        while let next = turns.next() { order.append(next) }
        #expect(turns.isEmpty)
        return order
    }

    @Test("Owners are served one after the other, and each in its own order")
    func order() {
        #expect(order([("a", 1), ("a", 2), ("a", 3), ("b", 4), ("c", 5), ("b", 6)]) == [1, 4, 5, 2, 6, 3])
        #expect(order([("a", 1), ("a", 2)]) == [1, 2])
        #expect(order([]) == [])
    }

    @Test("Who comes while another is served waits for one thing of that one's")
    func late() {
        var turns = Turns<String, Int>()
        for element in 1...100 { turns.append(element, of: "a") }
        #expect(turns.next() == 1)
        turns.append(0, of: "b")
        #expect(turns.next() == 2)
        #expect(turns.next() == 0)
        #expect(turns.next() == 3)
    }

    @Test("What does not fit stays where it is")
    func fitting() {
        var turns = Turns<String, Int>()
        turns.append(7, of: "a")
        turns.append(1, of: "b")
        #expect(turns.next { $0 < 5 } == nil)
        #expect(turns.count == 2)
        #expect(turns.next() == 7)
        #expect(turns.next { $0 < 5 } == 1)
    }
}
