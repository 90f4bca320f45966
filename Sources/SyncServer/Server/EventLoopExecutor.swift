internal import NIOCore

/// Runs what a task does on an event loop: from reading a request to writing its answer, no other thread has to be woken.
///
/// Only for what takes next to nothing: all connections of the loop wait for it.
final class EventLoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Runs the body on the threads that all tasks share, wherever the caller is, so that it keeps no event loop from its sockets.
func offEventLoop<Value: Sendable>(
    _ body: @concurrent () async throws -> Value
) async throws -> Value {
    try await withTaskExecutorPreference(globalConcurrentExecutor, operation: body)
}
