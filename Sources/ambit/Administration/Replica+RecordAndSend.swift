import AgendaModel
import SyncClient

extension Replica {
    /// Records an event and syncs, so that it holds at once.
    ///
    /// - Throws: what recording or the sync throws, and what the server said when it refused the event.
    func recordAndSend(type: String, subject: String, data: JSONValue) async throws {
        let event = try record(type: type, subject: subject, data: data)
        let display = SyncDisplay()
        do {
            for try await progress in sync() { display.show(progress) }
        } catch {
            display.finish()
            throw error
        }
        display.finish()
        guard let refused = try refused().first(where: { $0.id == event.id }) else { return }
        let isRight = refused.problem == EventProblem.Code.notAllowed.rawValue
        throw Failure(
            "The server refused it: \(refused.detail). ambit refused has the event.",
            code: refused.problem,
            exitCode: isRight ? 77 : 1
        )
    }
}
