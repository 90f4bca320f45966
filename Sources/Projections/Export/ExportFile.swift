internal import Files

/// A file with an export: there whole or not at all, and for its owner alone.
package enum ExportFile {
    /// Writes a file that only its owner may read, in place of one of that name.
    ///
    /// What a failed body wrote is removed.
    ///
    /// - Parameters:
    ///   - path: where the file is to be.
    ///   - body: writes the contents through the function that it is given.
    /// - Returns: what the body returns.
    /// - Throws: `ProjectionError`, and what the body throws.
    package static func write<Value>(to path: String, _ body: (Export.Writer) throws -> Value) throws -> Value {
        do {
            return try AtomicFile(path).write(body)
        } catch let error as FileError {
            let code: ProjectionError.Code =
                switch error.code {
                case .diskFull: .diskFull
                case .readOnly: .readOnly
                case .alreadyExists, .notFound, .notAFile, .malformed, .inputOutput: .inputOutput
                }
            throw ProjectionError(code, error.message)
        }
    }
}
