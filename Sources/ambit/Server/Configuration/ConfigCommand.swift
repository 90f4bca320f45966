import ArgumentParser
import Foundation

/// `ambit config`: what a server is set to, and where each value is from.
struct ConfigCommand: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: .told("Show each setting of ambit serve, as it would be now, and where it is from."),
        discussion:
            .told(
                "Takes the options of ambit serve. It fails where ambit serve would, with the place of what is wrong."
            )
    )

    @OptionGroup var options: ServeOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var language: NamedLanguage

    func run() throws {
        let configuration = try ServeConfiguration(options, variables: ProcessInfo.processInfo.environment)
        _ = try (configuration.serverOptions(), configuration.witnesses(), configuration.backups())
        _ = try (configuration.logLevel, configuration.logFormat)
        _ = try configuration.store()
        let settings = ServeSetting.allCases.map { ($0, shown($0, configuration.values[$0])) }
        if output.json {
            return try Output.json(
                settings.map { setting, value in
                    Answer(
                        setting: setting.rawValue,
                        variable: setting.variable,
                        values: value?.texts ?? [],
                        from: value?.origin.words,
                        reloaded: setting.isReloaded
                    )
                }
            )
        }
        Output.table(
            settings.map { setting, value in
                [setting.rawValue, value?.texts.joined(separator: " ") ?? "-", value.map(\.origin.words) ?? "not set"]
            }
        )
    }

    /// A password is nobody's to see.
    private func shown(_ setting: ServeSetting, _ value: ServeConfiguration.Value?) -> ServeConfiguration.Value? {
        guard var value, setting == .store else { return value }
        value.texts = value.texts.map(StoreAddress.withoutPassword)
        return value
    }

    private struct Answer: Encodable {
        var setting: String
        var variable: String
        var values: [String]
        /// Missing where nobody has said anything, and nothing is usual.
        var from: String?
        /// Whether SIGHUP has a server take a new value over.
        var reloaded: Bool
    }
}
