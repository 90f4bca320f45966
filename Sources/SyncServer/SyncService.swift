internal import EventLog
internal import Logging

/// What all requests share.
final class SyncService: Sendable {
    let options: ServerOptions
    let environment: Sequencer.Environment
    let registry: AgendaRegistry
    let admission: Admission
    let counters = Counters()
    let work: BlockingWork
    let stopping = Stopping()
    let pastStates = PastStates()

    init(
        source: any AgendaSource,
        options: ServerOptions,
        environment: Sequencer.Environment,
        logger: Logger
    ) {
        self.options = options
        self.environment = environment
        admission = Admission(options.capacity)
        work = BlockingWork()
        registry = AgendaRegistry(source: source, environment: environment, work: work, logger: logger)
    }
}
