import ArgumentParser

/// Where an agenda is administered.
struct AdministrationPlace: ParsableArguments {
    @OptionGroup var log: LogSource
    @OptionGroup var clock: ClockOptions
}
