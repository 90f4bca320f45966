import ArgumentParser
import Files

/// Where what a command makes goes: into a file, or to standard output.
struct OutputPlace: ParsableArguments {
    @Option(
        name: .customShort("o"),
        help: .told("Write to this file; otherwise, and with -, to standard output.", valueName: "file")
    )
    var named: String?

    /// nil for standard output.
    var file: String? { named == OutputFile.standardOutput ? nil : named }
}
