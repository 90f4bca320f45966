/// What happened in a run, step by step, and a hash of it: two runs of one seed must agree in it.
struct Trace {
    /// As many of the last steps are kept for the report.
    private static let kept = 80

    private(set) var lines: [String] = []
    /// FNV-1a over all lines.
    private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    private let listener: (@Sendable (String) -> Void)?

    /// - Parameter listener: gets each line as it happens.
    init(listener: (@Sendable (String) -> Void)?) {
        self.listener = listener
    }

    mutating func add(_ line: String) {
        for byte in line.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        listener?(line)
        lines.append(line)
        if lines.count > 2 * Self.kept { lines.removeFirst(Self.kept) }
    }

    /// The end of it.
    var end: [String] { lines.suffix(Self.kept) }
}
