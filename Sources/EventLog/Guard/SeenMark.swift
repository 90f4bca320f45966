package import AgendaModel

/// How much of a log has been shown to anybody.
package struct SeenMark: Hashable, Sendable {
    /// How many entries it had.
    package var size: LogSize
    /// The tree's root at that size; nil when only the size is known.
    package var root: Hash?
    /// What has been given up for good: it will turn up as long as there are laptops that hold it.
    ///
    /// Nothing else is passed over. By its size, a history that was given up cannot be told from one that was lost since.
    package var givenUp: [SeenTrace]
    /// What the log was found not to go on from, since it is not complete.
    ///
    /// It is given up with the rest, or comes back with it.
    package var shown: [SeenTrace]
    /// Whether this server itself has noted what it has shown.
    ///
    /// Otherwise it is made of what others say alone. They may have seen less than there was: a log that holds what they have seen is
    /// not proven by it.
    package var isOwn: Bool

    package init(
        size: LogSize,
        root: Hash?,
        givenUp: [SeenTrace] = [],
        shown: [SeenTrace] = [],
        isOwn: Bool = true
    ) {
        self.size = size
        self.root = root
        self.givenUp = givenUp
        self.shown = shown
        self.isOwn = isOwn
    }

    /// Of a log of which this server has noted nothing, by what somebody else has shown.
    init(heard trace: SeenTrace, root: Hash?) {
        self.init(size: trace.size, root: root, shown: [trace], isOwn: false)
    }

    /// The most entries that are known to have been shown.
    package var greatestSize: LogSize { shown.reduce(size) { max($0, $1.size) } }

    /// The sizes of which it is known what the log held, the smallest first.
    package var sizesWithRoot: [LogSize] {
        let sizes = shown.filter { $0.isCheckpoint }.map { $0.size } + (root == nil ? [] : [size])
        return Set(sizes).sorted()
    }

    /// Whether a log with this root at this size is another one than has been shown.
    package func contradicts(_ root: Hash, at size: LogSize) -> Bool {
        if size == self.size, let noted = self.root, noted != root { return true }
        let trace = SeenTrace(size: size, root: root)
        return shown.contains { $0.isCheckpoint && $0.size == size && $0 != trace }
    }

    /// Whether the end that this server's own files remember is one that was given up.
    package func hasGivenUp(_ end: RememberedEnd) -> Bool { givenUp.contains(SeenTrace(end)) }

    /// By what it is known again; nil when only the size is known.
    var trace: SeenTrace? { root.map { SeenTrace(size: size, root: $0) } }

    /// The same, with what has been shown besides.
    ///
    /// Where that is of more entries than what is noted, it takes the place of size and root, which stay in the list.
    func adding(_ trace: SeenTrace, root: Hash?) -> SeenMark {
        var mark = self
        var added: [SeenTrace] = []
        if trace.size > size {
            if let before = self.trace { added.append(before) }
            mark.size = trace.size
            mark.root = root
        }
        added.append(trace)
        mark.shown = SeenTrace.joined(shown, added, within: Self.shownBytes)
        return mark
    }

    /// Of a log that nobody has been shown.
    package static let nothing = SeenMark(size: .zero, root: Merkle.emptyRoot)

    /// What the two lists may take in `log.seen`: about 430 and 210 signs.
    static let givenUpBytes = 10_000
    static let shownBytes = 5000

    /// Whether a checkpoint that nobody in particular shows counts for nothing.
    ///
    /// So it is for sizes that were given up, as long as some of what was given up is not known any more. Whoever has
    /// kept such checkpoints could otherwise stop the log again and again. Members and witnesses are believed all the
    /// same.
    func passesOver(sizeShownByStranger size: LogSize) -> Bool {
        let length = givenUp.reduce(0) { $0 + $1.length }
        let isFull = length + SeenTrace.maximumLength > Self.givenUpBytes
        return isFull && givenUp.contains { $0.size >= size }
    }
}

/// Entries that were shown once, and that those who run the server have given up.
package struct AcceptedLoss: Hashable, Sendable {
    /// How many entries the log had kept.
    package var after: LogSize
    /// How many entries it had been known to have.
    package var through: LogSize

    package init(after: LogSize, through: LogSize) {
        self.after = after
        self.through = through
    }
}
