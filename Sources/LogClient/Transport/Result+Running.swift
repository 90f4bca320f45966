extension Result where Failure == any Error {
    /// The outcome of an asynchronous body.
    package static func running(_ body: () async throws -> Success) async -> Self {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
