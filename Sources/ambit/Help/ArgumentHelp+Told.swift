import ArgumentParser
import Wording

extension ArgumentHelp {
    /// Help in the language of whoever started the program.
    ///
    /// - Parameters:
    ///   - english: what it says; `Sources/Wording/Help/help-nl.po` has it in Dutch.
    ///   - discussion: more of it, likewise.
    ///   - valueName: what stands for the value; nil = the option's name.
    /// - Returns: the help.
    static func told(_ english: String, discussion: String = "", valueName: String? = nil) -> ArgumentHelp {
        ArgumentHelp(String.told(english), discussion: .told(discussion), valueName: valueName)
    }
}

extension String {
    /// What a command is for, in the language of whoever started the program.
    static func told(_ english: String) -> String { Language.spoken.help(english) }
}
