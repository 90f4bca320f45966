import AgendaModel
import ArgumentParser
import SyncClient
import Wording

/// `ambit sign`: signs what this device has recorded, however little that is, and sends the signature.
struct Sign: AsyncParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: .told(
            "Sign now what this laptop has recorded and the log has, and send the signature; syncs with it."
        ),
        discussion: .told(
            """
            A sync signs by itself once 256 entries are not signed, or the oldest of them is a quarter of an hour old; so \
            does the end of sync --watch and of ui.
            """
        )
    )

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let replica = try replica.open()
        var options = SyncOptions()
        options.signsAll = true
        _ = try await SyncDisplay.during { display in
            try await replica.sync(options: options).finish { display.show($0) }
        }
        let status = try replica.status()
        let left = try replica.unsigned()?.count ?? 0
        if output.json {
            try Output.json(Answer(size: status.size, unsigned: left))
        } else {
            let localizer = language.localizer(for: output)
            let count = ["count": localizer.number("\(left)")]
            Output.line(localizer.message(left == 0 ? .allSigned : .leftUnsigned, count))
        }
        if status.lacksKey { throw Failure(language.localizer(for: output).message(.keyMissing), code: "no-key") }
    }

    private struct Answer: Encodable {
        var size: LogSize
        /// Entries that could not be signed.
        var unsigned: Int
    }
}
