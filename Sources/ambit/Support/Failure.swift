import AgendaModel
import ArgumentParser
import EventLog
import Files
import Foundation
import LogClient
import Projections
import SyncClient
import SyncProtocol
import SyncServer
import TypedInput
import Wording

/// An error on its way to the person at the keyboard: what happened, where, and what to do next.
struct Failure: Error {
    var message: String
    /// What is wrong place by place; people read a line for each, before the message.
    var details: [String] = []
    /// A stable word for programs.
    var code: String
    var exitCode: Int32

    init(_ message: String, code: String = "failed", exitCode: Int32 = 1) {
        self.message = message
        self.code = code
        self.exitCode = exitCode
    }

    /// A command was not used as it is meant to be.
    static func usage(_ message: String) -> Failure {
        Failure(message, code: "usage", exitCode: ExitCode.validationFailure.rawValue)
    }

    /// Somebody was asked, and did not say yes.
    static func cancelled(_ message: String = "Nothing was done.") -> Failure {
        Failure(message, code: "cancelled", exitCode: ExitCode.validationFailure.rawValue)
    }

    /// nil for what the argument parser reports itself: help, version, wrong arguments.
    init?(_ error: any Error) {
        switch error {
        case let failure as Failure:
            self = failure
        case let error as LogError:
            self.init(error.message, code: Self.hyphenated(error.code.rawValue))
        case let problem as EventProblem:
            self.init(problem.detail, code: problem.code.rawValue)
        case let error as InputError:
            let language = Language.spoken
            let next = error.code == .unknownType ? " " + Message.typesHasAll.text(language) : ""
            self.init(error.message[language] + next, code: error.code.rawValue)
        case let error as FileError:
            self.init(error.message, code: Self.hyphenated(error.code.rawValue))
        case let error as ProjectionError:
            self.init(error.message, code: Self.hyphenated(error.code.rawValue))
        case let error as AdministrationError:
            self.init(error.message, code: Self.word(error.code))
        case let error as PushError:
            let word =
                switch error.code {
                case .incomplete, .implausibleClock, .readOnly: "read-only"
                case .storageFull: "disk-full"
                default: "failed"
                }
            self.init(error.message, code: word)
        case let error as ServerError:
            self.init(error.message, code: "server")
        case let error as LogClientError:
            self.init(ReplicaError(error))
        case let error as ReplicaError:
            self.init(error.description, code: error.word, exitCode: error.exitCode)
        case CocoaError.fileWriteOutOfSpace:
            self.init("\(LogClientError(wrapping: error, doing: "writing"))", code: "disk-full")
        case let error as CocoaError:
            self.init(error.localizedDescription, code: "input-output")
        default:
            // The parser gives its own errors other codes, and knows no other errors.
            guard !(error is ExitCode), Ambit.exitCode(for: error) == .failure else { return nil }
            self.init(String(describing: error))
        }
    }

    /// What could not be changed in a server's data folder: names the agenda, and the list that has what there is.
    init(_ error: AdministrationError, inAgenda agenda: AgendaName) {
        let next =
            switch error.code {
            case .unknownMember: ". ambit member list shows who takes part."
            case .unknownDevice: ". ambit device list shows all devices."
            case .unknownInvite: ". ambit invite list shows those that are open."
            case .invalidDays: "."
            }
        self.init("\(agenda): \(error.message)\(next)", code: Self.word(error.code))
    }

    private static func word(_ code: AdministrationError.Code) -> String {
        code == .invalidDays ? "invalid-range" : "unknown-subject"
    }

    /// `diskFull` as `disk-full`: how all words for programs are written.
    private static func hyphenated(_ word: String) -> String {
        word.reduce(into: "") { $0 += $1.isUppercase ? "-\($1.lowercased())" : String($1) }
    }

    /// Says it on standard error; nothing about it goes to standard output.
    func report(asJSON: Bool) {
        guard asJSON else {
            for line in details + [message] { Output.note("ambit: \(line)") }
            return
        }
        let text = Language.spoken.words(of: (details + [message]).joined(separator: "; "))
        let body = Body(error: code, message: text)
        let line = (try? ProtocolJSON.encode(body)).map { String(decoding: $0, as: UTF8.self) } ?? text
        Output.aside(Output.printable(line, lines: 1) + "\n")
    }

    private struct Body: Encodable {
        var error: String
        var message: String
    }
}

extension ReplicaError {
    /// The word for programs: of a refused event the server's.
    fileprivate var word: String { code == .refusedEvent ? problem ?? code.rawValue : code.rawValue }

    /// The exit code of the command line; see `ambit help`.
    var exitCode: Int32 {
        switch code {
        case .refusedEvent: problem == EventProblem.Code.notAllowed.rawValue ? 77 : 1
        case .serverBehind, .forked, .badCheckpoint, .tampered, .alteredEvent: 2
        case .unreachable, .tooSlow, .unavailable, .notAnAmbitServer, .insecure: 69
        case .unauthenticated, .revoked, .notAllowed, .invalidInvite: 77
        default: 1
        }
    }
}

extension String {
    /// For a message into which a whole sentence is put.
    var withoutFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
