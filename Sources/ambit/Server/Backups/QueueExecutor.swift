import Dispatch

/// Runs tasks that block on a queue of their own, in the place of the threads that serve requests.
final class QueueExecutor: TaskExecutor {
    private let queue: DispatchQueue

    /// - Parameter label: says in a debugger whose queue it is.
    init(label: String) { queue = DispatchQueue(label: label, qos: .utility) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }
}
