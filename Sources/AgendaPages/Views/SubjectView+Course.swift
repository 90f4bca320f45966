internal import AgendaModel
internal import Projections
internal import Wording

// How far a project is.

extension SubjectView {
    static func phases(_ phase: String?, _ visit: PageVisit) -> [Step] {
        let all = ["idea", "preparation", "realisation", "completed"]
        guard let phase, let index = all.firstIndex(of: phase) else { return [] }
        return all.enumerated().map { number, name in
            Step(
                text: Vocabulary.value(name, of: "phase", visit.language),
                mark: number < index ? "done" : number == index ? "now" : "ahead",
                isNow: number == index
            )
        }
    }

    static func milestones(of project: String, _ reader: AgendaReader) throws -> [Milestone] {
        let visit = reader.visit
        let found = try reader.referrers(of: project, kind: "milestone", at: 0..<maximumRows)
        return found.map { subject, document in
            let due = document["due"]?.text ?? ""
            let isDropped = document["dropped"] == true
            let reached = document["reached"]?.text
            let isLate = reached == nil && !isDropped && due < visit.today
            let canReach = reached == nil && !isDropped && visit.canRecord
            return Milestone(
                title: document["title"]?.text ?? subject.idPart,
                href: visit.href(subject),
                day: visit.localizer.date(reached ?? due),
                words: visit.say(
                    isDropped ? .pageDropped : reached != nil ? .pageReached : isLate ? .pageLate : .pageExpected
                ),
                mark: isDropped ? "ended" : reached != nil ? "reached" : isLate ? "missed" : "ahead",
                reach: canReach ? visit.address("record/milestone.reached", [(EventForm.subjectName, subject)]) : nil
            )
        }
    }
}
