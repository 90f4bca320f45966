/// How much of what is folded was read.
package struct ReadAmount: Hashable, Sendable {
    /// Subjects, each as often as it was read.
    package var subjects: Int
    /// Of what is stored of them, in bytes.
    package var bytes: Int

    package init(subjects: Int = 0, bytes: Int = 0) {
        self.subjects = subjects
        self.bytes = bytes
    }

    /// What was read besides an earlier amount.
    package func since(_ earlier: ReadAmount) -> ReadAmount {
        ReadAmount(subjects: subjects - earlier.subjects, bytes: bytes - earlier.bytes)
    }

    /// So many subjects are read in moments.
    package static let subjectsInMoments = 1_000
    /// So much of what is stored of subjects is read in moments, in bytes.
    package static let bytesInMoments = 1 << 20
}

/// Counts what is read in a view, on the thread that reads.
final class ReadCounter {
    private(set) var amount = ReadAmount()

    /// Adds a subject.
    func add(bytes: Int) {
        amount.subjects += 1
        amount.bytes += bytes
    }
}

extension StateView {
    /// How much has been read in this view so far.
    package var amountRead: ReadAmount { reads.amount }
}
