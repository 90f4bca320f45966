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
}
