extension State {
    /// One register of a subject; nil when nothing has been written there.
    ///
    /// - Parameters:
    ///   - subject: `<kind>/<id>`.
    ///   - path: RFC 6901 pointer into its document.
    /// - Returns: the register with its heads, the one that is shown first.
    public func register(of subject: String, at path: String) -> Register? {
        guard let subject = find(subject) else { return nil }
        return findPath(path).flatMap { registers.find(subject: subject, path: $0) }.map(register)
    }

    /// The number of an RFC 6901 pointer; nil when nothing has been written there.
    func findPath(_ pointer: String) -> UInt32? {
        var name = String(pointer.dropFirst())
        return name.withUTF8 { bytes in
            withUnsafePointer(to: UInt8(0)) { none in
                let start = bytes.baseAddress ?? none
                let hash = ByteHash.hash(start, count: bytes.count, seed: reader.seed)
                return paths.find(start, count: bytes.count, hash: hash)
            }
        }
    }

    /// Whether an entry at this position or later has written to the subject.
    ///
    /// Such an entry is one of the heads, or one that came after it is.
    public func wasWritten(_ subject: String, from position: Position) -> Bool {
        guard let number = find(subject) else { return false }
        return indices(of: number).contains { index in
            registers.heads(of: index).contains { $0.position >= position }
        }
    }

    /// Goes on to a size without folding what comes before it, for a state that is of some subjects only.
    ///
    /// - Parameter size: at least the size that the state stands at.
    public mutating func pass(to size: LogSize) {
        precondition(size >= self.size, "a state does not go back")
        self.size = size
    }
}
