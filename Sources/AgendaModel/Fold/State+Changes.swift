/// What whoever keeps subjects elsewhere has to write again, by the state's own numbers: they hold as long as the state does.
extension State {
    /// Stands for a subject that a state holds.
    package struct SubjectNumber: Hashable, Sendable {
        let rawValue: UInt32
    }

    /// The subjects that have been written since the last call, in the order of their first write.
    package mutating func takeChanges() -> [SubjectNumber] {
        for subject in changed { subjectCells[Int(subject)].isChanged = false }
        defer { changed.removeAll(keepingCapacity: true) }
        return changed.map(SubjectNumber.init)
    }

    /// Each of the subjects once, sorted bytewise.
    package func sorted(_ subjects: [SubjectNumber]) -> [SubjectNumber] {
        var isIn = Array(repeating: false, count: subjectCells.count)
        var once: [UInt32] = []
        once.reserveCapacity(subjects.count)
        for subject in subjects where !isIn[Int(subject.rawValue)] {
            isIn[Int(subject.rawValue)] = true
            once.append(subject.rawValue)
        }
        once.sort(by: subjectNames.precedes)
        return once.map(SubjectNumber.init)
    }

    /// `<kind>/<id>`.
    package func name(of subject: SubjectNumber) -> String { subjectNames.string(of: subject.rawValue) }

    /// Calls the body with the bytes of `<kind>/<id>`.
    package func withName<Result>(
        of subject: SubjectNumber,
        _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result {
        try subjectNames.withBytes(of: subject.rawValue, body)
    }

    /// Appends what `encodedRegisters` gives of the subject.
    package func appendEncodedRegisters(of subject: SubjectNumber, to output: inout [UInt8]) {
        appendRegisters(of: subject.rawValue, to: &output)
    }

    /// The number of subjects that it holds; those that come later have greater numbers.
    package var subjectCount: Int { subjectCells.count }

    /// Whether a subject came into being after the state had so many subjects, and was not loaded.
    package func isNew(_ subject: SubjectNumber, since count: Int) -> Bool {
        subject.rawValue >= count && !subjectCells[Int(subject.rawValue)].isLoaded
    }

    /// A path, by the state's own number.
    package struct PathNumber: Sendable {
        let rawValue: UInt32
    }

    /// The number of an RFC 6901 pointer; nil when nothing has been written there in any subject.
    package func number(ofPath pointer: String) -> PathNumber? { findPath(pointer).map(PathNumber.init) }

    /// What a register shows, and the event that wrote it.
    package struct ShownValue: Sendable {
        /// JCS bytes; nil = absent, or erased.
        package var value: [UInt8]?
        package var position: Position
        package var counter: Counter

        package init(value: [UInt8]?, position: Position, counter: Counter) {
            self.value = value
            self.position = position
            self.counter = counter
        }
    }

    /// What is shown at a path of a subject; nil when nothing has been written there.
    package func shown(_ subject: SubjectNumber, at path: PathNumber) -> ShownValue? {
        guard let index = registers.find(subject: subject.rawValue, path: path.rawValue),
            let head = rankedHeads(of: index).first
        else { return nil }
        return ShownValue(
            value: head.value.isAbsent ? nil : registers.values.withBytes(of: head.value) { Array($0) },
            position: head.position,
            counter: head.counter
        )
    }
}
