import ArgumentParser

/// What is to be done on a data folder though the time may be wrong.
struct ClockOptions: ParsableArguments {
    @Flag(
        help: .told(
            "With --data: do it though this machine's clock cannot be right by what the log says, as serve --accept-clock."
        )
    )
    var acceptClock = false
}
