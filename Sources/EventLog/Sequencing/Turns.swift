/// What waits for its turn: of each owner in the order in which it came, and the owners one after the other.
///
/// However much one of them has waiting, the others wait for one thing of theirs, and not for all of it.
struct Turns<Owner: Hashable, Element> {
    private var lines: [Owner: [Element]] = [:]
    /// Who has something waiting; the first is next.
    private var order: [Owner] = []
    /// How much is waiting.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// Adds something behind all that its owner has waiting.
    mutating func append(_ element: Element, of owner: Owner) {
        if lines[owner] == nil { order.append(owner) }
        lines[owner, default: []].append(element)
        count += 1
    }

    /// Takes out what is next; its owner is last in line then.
    ///
    /// - Parameter fits: whether it is to be taken now.
    /// - Returns: nil when nothing is waiting, or what is next does not fit.
    mutating func next(where fits: (Element) -> Bool = { _ in true }) -> Element? {
        guard let owner = order.first, let first = lines[owner]?.first, fits(first) else { return nil }
        order.removeFirst()
        lines[owner]?.removeFirst()
        if lines[owner]?.isEmpty == true { lines[owner] = nil } else { order.append(owner) }
        count -= 1
        return first
    }
}

extension Turns: Sendable where Owner: Sendable, Element: Sendable {}
