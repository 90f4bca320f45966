internal import EventLog
internal import FoundationEssentials

extension LogClientError {
    /// What a failure of the layers below means to who talks to a log.
    ///
    /// - Parameters:
    ///   - error: the failure.
    ///   - doing: what was being done, for failures that do not say.
    package init(wrapping error: any Error, doing: @autoclosure () -> String) {
        switch error {
        case let error as LogClientError: self = error
        case let error as LogError: self.init(Code(error.code), error.message)
        case is CancellationError: self.init(.cancelled, "\(doing()) was cancelled")
        default:
            let isFull = (error as? CocoaError)?.code == .fileWriteOutOfSpace
            self.init(isFull ? .diskFull : .inputOutput, "\(doing()) failed: \(Self.description(of: error))")
        }
    }

    /// What an error of the system says, in a person's words where there are some.
    package static func description(of error: any Error) -> String {
        if let error = error as? CocoaError {
            switch error.code {
            case .fileWriteNoPermission, .fileReadNoPermission: return "this user has no permission"
            case .fileWriteOutOfSpace: return "the disk is full; free some space, then try again"
            case .fileWriteVolumeReadOnly: return "the disk is read-only"
            case .fileNoSuchFile, .fileReadNoSuchFile: return "there is no such file or folder"
            default: break
            }
        }
        return String(describing: error)
    }
}

extension LogClientError.Code {
    fileprivate init(_ code: LogError.Code) {
        self =
            switch code {
            case .malformed, .corrupt, .newerFormat: .corrupt
            case .badSignature, .notCosigned: .badCheckpoint
            case .locked: .locked
            case .readOnly: .readOnly
            case .diskFull: .diskFull
            case .inputOutput, .alreadyExists: .inputOutput
            case .notFound: .notFound
            }
    }
}
