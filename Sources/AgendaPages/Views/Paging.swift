/// Where a page stands among those of a list that is too long for one.
struct Paging {
    /// Says which of how many are on this page.
    var text: String
    var previous: String?
    var next: String?
}

extension Paging {
    /// nil where everything is on one page.
    ///
    /// - Parameters:
    ///   - page: this one, counted from 1.
    ///   - count: of all that the list has.
    ///   - size: how many are on a page.
    ///   - text: says which are on this one.
    ///   - href: gives the address of a page.
    init?(_ page: Int, of count: Int, each size: Int, saying text: String, at href: (_ page: Int) -> String) {
        guard count > size else { return nil }
        self.text = text
        previous = page > 1 ? href(page - 1) : nil
        next = page * size < count ? href(page + 1) : nil
    }

    /// Which of a list are on a page; nil where there is no such page.
    ///
    /// - Parameters:
    ///   - page: counted from 1.
    ///   - count: of all that the list has; the first page of an empty one is empty.
    ///   - size: how many are on a page.
    /// - Returns: their places in the list.
    static func items(on page: Int, of count: Int, each size: Int) -> Range<Int>? {
        let first = (page - 1) * size
        guard page == 1 || first < count else { return nil }
        return first..<min(first + size, count)
    }

    /// Which page a query asks for: the first one if it does not say; nil for one that no list has.
    static func page(_ query: [String: String]) -> Int? {
        let page = query["page"].flatMap { Int($0) } ?? 1
        return (1...maximumPage).contains(page) ? page : nil
    }

    private static let maximumPage = 1_000_000
}

extension PageVisit {
    /// The numbers of a stretch of a list, for people.
    func numbers(of items: Range<Int>, among count: Int) -> [String: String] {
        [
            "from": number(min(items.lowerBound + 1, count)), "to": number(items.upperBound), "count": number(count),
        ]
    }
}

extension Collection {
    /// Stretches of neighbours that have the same key, in order.
    func stretches<Key: Equatable>(by key: (Element) -> Key) -> [SubSequence] {
        var found: [SubSequence] = []
        var start = startIndex
        for index in indices where key(self[index]) != key(self[start]) {
            found.append(self[start..<index])
            start = index
        }
        if start < endIndex { found.append(self[start..<endIndex]) }
        return found
    }
}
