import ArgumentParser
import Foundation

/// What whoever starts the program has typed, before anything is made of it.
enum Arguments {
    /// Refuses words and settings that are not UTF-8: the standard library would put U+FFFD in the place of what it cannot
    /// read, for good.
    static func checkUTF8() throws {
        for (number, argument) in UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
            .enumerated()
        {
            guard let argument, String(validatingCString: argument) == nil else { continue }
            throw refusal(
                "The word \(number) of the command (\(String(cString: argument))) is not UTF-8. Set the terminal to UTF-8, and "
                    + "type it again."
            )
        }
        for name in ["AMBIT_DIR", "AMBIT_CONFIG"] + ServeSetting.allCases.map(\.variable) { _ = try variable(name) }
    }

    /// The value of a variable of the environment; nil where it is not set.
    ///
    /// To be read so where it names a place: what is not UTF-8 would name another one.
    ///
    /// - Throws: `Failure` for one that is not UTF-8.
    static func variable(_ name: String) throws -> String? {
        guard let value = getenv(name) else { return nil }
        if let text = String(validatingCString: value) { return text }
        // A variable may hold a password: its value is not shown.
        throw refusal("The variable \(name) is not UTF-8. Set the terminal to UTF-8, and set the variable again.")
    }

    /// What the argument parser says, fit for a terminal.
    ///
    /// - Parameters:
    ///   - message: has what was typed as it was typed.
    ///   - words: what was typed: a line break in it makes no line of its own.
    /// - Returns: the same, with what a terminal would obey or nobody would see shown.
    static func visible(_ message: String, typed words: [String]) -> String {
        var message = message.unicodeScalars
        for word in words where word.unicodeScalars.contains("\n") {
            let value = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).last.map(String.init)
            for typed in [word, value ?? word] where typed.unicodeScalars.contains("\n") {
                let shown = Output.printable(typed, lines: 1)
                message = message.replacing(typed.unicodeScalars, with: shown.unicodeScalars)
            }
        }
        return Output.printable(String(message))
    }

    private static func refusal(_ message: String) -> Failure {
        Failure(message, code: "not-utf-8", exitCode: ExitCode.validationFailure.rawValue)
    }
}
