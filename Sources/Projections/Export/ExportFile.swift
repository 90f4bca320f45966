package import Files

/// A file with an export, there whole or not at all.
///
/// It is for its owner alone unless it takes the place of one with another mode.
package enum ExportFile {
    /// Writes a file where a person wants it, in place of one of that name; through links, and into devices and pipes.
    ///
    /// What a failed body wrote is removed.
    ///
    /// - Parameters:
    ///   - path: where the file is to be.
    ///   - folders: of Ambit's own data, which the command reads.
    ///   - inputs: other files that the command reads.
    ///   - body: writes the contents through the function that it is given.
    /// - Returns: what the body returns.
    /// - Throws: `ProjectionError`, with `ownFile` where Ambit keeps its data or the command reads, and what the body throws.
    package static func write<Value>(
        to path: String,
        sparing folders: [String] = [],
        keeping inputs: [String] = [],
        _ body: (Export.Writer) throws -> Value
    ) throws -> Value {
        do {
            let file = try OutputFile(path)
            try OwnFile.check(file, sparing: folders, keeping: inputs)
            return try file.write(body)
        } catch let error as FileError {
            throw ProjectionError(error)
        }
    }

    /// Looks whether a file may be written, and leaves everything as it is.
    ///
    /// - Parameters:
    ///   - path: where the file is to be.
    ///   - folders: of Ambit's own data, which the command reads.
    ///   - inputs: other files that the command reads.
    /// - Throws: `ProjectionError`, with `ownFile` where Ambit keeps its data or the command reads.
    package static func check(_ path: String, sparing folders: [String] = [], keeping inputs: [String] = []) throws {
        do {
            try OwnFile.check(OutputFile(path), sparing: folders, keeping: inputs)
        } catch let error as FileError {
            throw ProjectionError(error)
        }
    }
}

extension ProjectionError {
    /// What kept a file from being written or read.
    package init(_ error: FileError) {
        let code: Code =
            switch error.code {
            case .diskFull: .diskFull
            case .readOnly: .readOnly
            case .alreadyExists, .notFound, .notAFile, .malformed, .inputOutput: .inputOutput
            }
        self.init(code, error.message)
    }
}
