import ArgumentParser
import Foundation
import Wording

@testable import ambit

/// The command lines of `ambit` that a Markdown text shows.
struct CommandLines {
    /// Those in blocks of code, in their order, with what continues them on further lines.
    var shown: [String] = []
    /// Those between backticks, in running text.
    var mentioned: [String] = []

    init(in markdown: String) {
        var text: [Substring] = []
        var isFenced = false
        var isContinued = false
        for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
            let content = line.drop { $0 == " " }
            if content.hasPrefix("```") {
                isFenced.toggle()
            } else if isContinued {
                shown[shown.endIndex - 1] += content
                isContinued = content.hasSuffix("\\")
            } else if !isFenced && !line.hasPrefix("    ") {
                text.append(line)
            } else if content.hasPrefix("$ ambit ") || content.hasPrefix("ambit ") {
                shown.append(String(content.drop { $0 == "$" || $0 == " " }))
                isContinued = content.hasSuffix("\\")
            }
        }
        shown = shown.map { $0.replacing("\\", with: " ") }
        mentioned = text.joined(separator: " ").matches(of: /`(ambit [^`]+)`/).map { String($0.1) }
    }

    /// What stands in a line for a value that everybody has another one of, and must be in its form.
    private static let placeholders = [
        "VKEY": "agenda.example/agendas/assen+7509cbfd+AeGSE9dflsNeSlqgRqixQTAMoUgGwuDmtzJ2oQRhayLE",
        "WKEY": "getuige.example+3bd2cd86+BOouzdeGGaOe+6xtioTvDmNwQZQRddZtM37bi/wB/69v",
        "URL": "https://agenda.example/agendas/assen",
    ]

    /// The words of a command line as a shell makes them, without `ambit`, up to a pipe, a redirection or a comment.
    static func words(of line: String) -> [String] {
        let line = placeholders.reduce(line) { $0.replacing($1.key, with: $1.value) }
        var words: [String] = []
        var word: String?
        var quote: Character?
        for letter in line {
            switch letter {
            case "\"" where quote != "'", "'" where quote != "\"":
                quote = quote == nil ? letter : nil
                word = word ?? ""
            case " " where quote == nil:
                if let word { words.append(word) }
                word = nil
            case "|" where quote == nil, ">" where quote == nil, "#" where quote == nil && word == nil:
                return Array(words.dropFirst())
            default:
                word = (word ?? "") + String(letter)
            }
        }
        return Array((words + [word].compactMap(\.self)).dropFirst())
    }

    /// Has the program parse a line as it would parse its own arguments.
    ///
    /// - Throws: what the parser has to say against it, or that `ambit help` has no such topic.
    static func parse(_ line: String) throws {
        let command = try Ambit.parseAsRoot(words(of: line))
        guard let help = command as? Help, !help.topic.isEmpty, Help.command(at: help.topic) == nil,
            Guide(rawValue: help.topic.joined(separator: "-")) == nil
        else { return }
        throw ValidationError("no topic of ambit help: \(line)")
    }

    /// Has the program parse what running text mentions: a command by its name alone, or a whole line.
    static func parseMention(_ mention: String) throws {
        if Help.command(at: words(of: mention)) == nil { try parse(mention) }
    }
}
