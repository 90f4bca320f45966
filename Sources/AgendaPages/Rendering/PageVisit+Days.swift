package import AgendaModel
internal import TypedInput
internal import Wording

extension PageVisit {
    /// What somebody means who types a day.
    package enum TypedDay: Hashable, Sendable {
        /// It ends at this moment.
        case ends(Timestamp)
        /// It is none, or may be two: in the visitor's words.
        case fault(String)
    }

    /// The day that somebody means, where the visitor's days are.
    ///
    /// - Parameters:
    ///   - text: as typed.
    ///   - now: the moment at which it was.
    /// - Returns: when the day ends, or what is wrong with the text.
    package func day(meaning text: String, at now: Timestamp) -> TypedDay {
        let person = Typist(language, now: now, in: localizer.timeZone)
        var error = InputError(.invalidData, .noState, with: ["text": text])
        do {
            if let day = try DayText.value(text, by: person), let end = Timestamp(endOf: day, in: localizer.timeZone) {
                return .ends(end)
            }
        } catch let other as InputError {
            error = other
        } catch {
            // Says nothing more of the text than that it is no day.
        }
        return .fault(error.message[language])
    }
}
