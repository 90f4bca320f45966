extension State {
    /// What a subject holds, in bytes, as `SubjectWeight` adds it up; 0 for one that does not exist.
    package func weight(of subject: String) -> Int { find(subject).map { weight(ofNumber: $0) } ?? 0 }

    /// What a subject holds, in bytes, as `SubjectWeight` adds it up.
    package func weight(of subject: SubjectNumber) -> Int { weight(ofNumber: subject.rawValue) }

    private func weight(ofNumber subject: UInt32) -> Int {
        var bytes = 0
        var next = subjectCells[Int(subject)].firstRegister
        while next != 0 {
            let index = Int(next) - 1
            let cell = registers.cells[index]
            // Paths are kept without their first `/`.
            let each = SubjectWeight.headBytes + 1 + paths.withBytes(of: cell.path) { $0.count }
            if cell.head.next == 0 {
                bytes += each + cell.head.value.count
            } else {
                bytes += registers.heads(of: index).reduce(0) { $0 + each + $1.value.count }
            }
            next = cell.next
        }
        return bytes
    }
}
