internal import Wording

extension AgendaPages {
    /// What has not been sent.
    ///
    /// - Throws: what reading throws.
    package func sync(_ content: SyncContent) throws -> String {
        render("sync", try SyncView(content, self), title: reader.visit.say(.pageSync), section: "sync")
    }

    /// What is in conflict, and what has no effect.
    ///
    /// - Throws: what reading throws.
    package func conflicts(_ found: [ConflictContent], overtaken: [OvertakenContent]) throws -> String {
        let view = try ConflictsView(found, overtaken: overtaken, reader)
        return render("conflicts", view, title: reader.visit.say(.pageConflicts), section: "conflicts")
    }

    /// What the server refused.
    ///
    /// - Throws: what reading throws.
    package func refused(_ found: [RefusedContent]) throws -> String {
        render("refused", try RefusedView(found, self), title: reader.visit.say(.pageRefused), section: "refused")
    }
}
