import ArgumentParser
import Foundation
import Wording

/// The person at the keyboard.
enum Terminal {
    /// Whether there is one who can be asked: input and messages are a terminal's.
    static var isThere: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// Asks, and waits for a line.
    ///
    /// - Throws: `Failure` when input ends instead.
    static func ask(_ question: String) throws -> String {
        while true {
            Output.aside(Output.printable(question, lines: 1) + ": ")
            guard let line = readLine() else {
                Output.aside("\n")
                throw Failure.cancelled()
            }
            // What is read so was repaired, and is not what was typed.
            guard line.unicodeScalars.contains("\u{FFFD}") else { return line.trimmingCharacters(in: .whitespaces) }
            Output.note("ambit: what was typed is not UTF-8 text; set the terminal to UTF-8, and type it again")
        }
    }

    /// Asks whether to go on; returns when the answer is yes.
    ///
    /// - Parameters:
    ///   - output: how the command answers.
    ///   - localizer: in whose words.
    ///   - otherwise: what is wrong where nobody can be asked: which option says yes.
    /// - Throws: `ValidationError` where nobody is, `Failure` for any other answer.
    static func confirm(_ output: OutputOptions, _ localizer: Localizer, otherwise: String) throws {
        guard !output.json, isThere else { throw ValidationError(otherwise) }
        let answer = try ask(localizer.message(.askGoOn))
        guard ["j", "ja", "y", "yes"].contains(answer.lowercased()) else {
            throw Failure.cancelled(localizer.message(.nothingChanged))
        }
    }
}
