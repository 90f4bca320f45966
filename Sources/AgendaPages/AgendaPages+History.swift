package import TypedInput
internal import Wording

extension AgendaPages {
    /// What happened.
    ///
    /// - Parameters:
    ///   - query: what is asked for.
    ///   - person: who typed it.
    /// - Returns: nil where that is not for everybody.
    /// - Throws: what reading throws.
    package func history(
        _ query: [String: String],
        by person: Typist
    ) throws -> String? {
        guard let happenings = reader.happenings else { return nil }
        let view = try HistoryView(query, from: happenings, reader, by: person)
        return render("history", view, title: reader.visit.say(.pageHistory), section: "history")
    }
}
