import ArgumentParser

/// A command that can answer in JSON.
protocol JSONCapable {
    var output: OutputOptions { get }
}

/// How to answer.
struct OutputOptions: ParsableArguments {
    @Flag(help: .told("Answer in JSON, for programs."))
    var json = false
}
