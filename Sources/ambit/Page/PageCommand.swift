import AgendaModel
import ArgumentParser
import EventLog
import Foundation
import LaptopPage
import Logging
import SyncClient

/// `ambit ui`: the agenda in the browser of this laptop, for reading and recording.
struct PageCommand: AsyncParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        commandName: "ui",
        abstract: .told("Show the agenda in the browser, offline or not, and record there; until SIGINT or SIGTERM."),
        discussion: .told(
            """
            Serves pages to this laptop alone, opens the browser at them, and sends and receives meanwhile. The address \
            holds a secret that lets one browser in, once. Where there is no replica yet, the first page takes the link \
            that an admin gave you.
            """
        )
    )

    @Flag(help: .told("Do not open the browser; only print the address."))
    var noOpen = false

    @Option(help: .told("The port; 0 is any free one.", valueName: "port"))
    var port: Int = 0

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port takes 0 to 65535.") }
    }

    func run() async throws {
        let newFolder = try replica.newFolder
        let place: LaptopServer.Place =
            if let folder = newFolder { .newReplica(folder) } else { .replica(try replica.open()) }
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "ambit")
        logger.logLevel = .warning
        let (isJSON, opens, visit) = (output.json, !noOpen, BrowserVisit())
        defer { visit.end() }
        let server = LaptopServer(
            place,
            port: port,
            language: language.spoken,
            guides: Guide.pages,
            timeZone: language.timeZone,
            environment: .system,
            logger: logger
        ) { happening in
            switch happening {
            case .ready(let url):
                if isJSON {
                    try? Output.json(["url": url])
                } else {
                    Output.line(url)
                }
                if opens { visit.begin(at: url) }
            case .letIn: visit.hasCome()
            case .keyUsedAgain:
                Output.note(
                    """
                    ambit: the address was opened once more after a browser was let in with it; if one of the two was not \
                    you, somebody else may read and record here: end this program with Ctrl-C, and start it again
                    """
                )
            }
        }
        try await server.run()
    }
}
