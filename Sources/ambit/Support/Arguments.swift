/// The command line's words, before anything is made of them.
enum Arguments {
    /// Refuses words that are not UTF-8: the standard library would put U+FFFD in the place of what it cannot read, for good.
    static func checkUTF8() throws {
        for (number, argument) in UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
            .enumerated()
        {
            guard let argument, String(validatingCString: argument) == nil else { continue }
            throw Failure(
                "The word \(number) of the command (\(String(cString: argument))) is not UTF-8. Set the terminal to UTF-8, and "
                    + "type it again.",
                code: "not-utf-8",
                exitCode: 64
            )
        }
    }
}
