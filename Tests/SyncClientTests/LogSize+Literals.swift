package import AgendaModel

// Only tests write sizes, positions and counters as numbers.

extension LogSize: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int) { self.init(value) }
}

extension Position: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int) { self.init(value) }
}

extension Counter: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int) { self.init(value) }
}
