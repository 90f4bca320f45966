import AgendaModel
import ArgumentParser
import EventLog
import Foundation
import TypedInput
import Wording

/// Which language to answer people in, and how they write days and times.
struct LanguageOptions: ParsableArguments {
    @OptionGroup var named: NamedLanguage

    @Flag(help: .told("Days and times are UTC instead of this laptop's; with --json they always are."))
    var utc = false

    /// The language that was asked for, otherwise that of the environment.
    var spoken: Language { named.spoken }

    /// Where the days are that the command reads and tells.
    func timeZone(for output: OutputOptions) -> TimeZone { output.json ? .gmt : timeZone }

    /// Where the days are that people read and tell.
    var timeZone: TimeZone { utc ? .gmt : .laptop }

    /// Says things in that language.
    func localizer(for output: OutputOptions) -> Localizer { Localizer(spoken, in: timeZone(for: output)) }

    /// Whoever typed the command: with `--json` a program.
    func typist(for output: OutputOptions) -> Typist {
        output.json
            ? .program : Typist(spoken, now: RuntimeEnvironment.system.now(), in: timeZone(for: output))
    }
}
