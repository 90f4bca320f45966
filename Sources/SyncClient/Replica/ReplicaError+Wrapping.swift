internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import Files
internal import LogClient
internal import Projections
internal import SyncProtocol

extension ReplicaError {
    /// What a failure of the layers below means to who uses a replica.
    ///
    /// - Parameters:
    ///   - error: the failure.
    ///   - doing: what was being done, for failures that do not say.
    init(wrapping error: any Error, doing: @autoclosure () -> String) {
        switch error {
        case let error as ReplicaError: self = error
        case let error as LogError: self.init(Code(error.code), error.message)
        case let error as FileError: self.init(wrapping: LogError(error), doing: doing())
        case let error as EventProblem: self.init(error)
        case let error as LogClientError: self.init(error)
        case let error as ProjectionError: self.init(Code(error.code), error.message)
        case is CancellationError:
            self.init(.cancelled, "\(doing()) was cancelled")
        default: self.init(LogClientError(wrapping: error, doing: doing()))
        }
    }

    init(_ problem: EventProblem) {
        self.init(
            problem.code == .notAllowed ? .notAllowed : .invalidEvent,
            problem.detail,
            problem: problem.code.rawValue
        )
    }
}

extension JSONValue {
    /// Reads the data of an event, or a whole one.
    ///
    /// - Throws: `invalidEvent`, saying at which byte.
    static func reading(_ utf8: [UInt8]) throws(ReplicaError) -> JSONValue {
        do {
            return try JSONValue(parsing: utf8)
        } catch {
            throw ReplicaError(error)
        }
    }
}

extension ReplicaError.Code {
    init(_ code: LogError.Code) {
        self =
            switch code {
            case .malformed, .corrupt: .corrupt
            case .badSignature, .notCosigned: .badCheckpoint
            case .newerFormat: .newerVersion
            case .locked: .locked
            case .readOnly: .readOnly
            case .diskFull: .diskFull
            case .inputOutput, .alreadyExists: .inputOutput
            case .notFound: .notAReplica
            }
    }
}

extension ReplicaError.Code {
    init(_ code: ProjectionError.Code) {
        self =
            switch code {
            case .damaged: .corrupt
            case .locked: .locked
            case .readOnly: .readOnly
            case .diskFull: .diskFull
            case .beyondLog, .ownFile, .tooLarge, .inputOutput: .inputOutput
            }
    }
}
