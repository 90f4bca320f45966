internal import Deflate
internal import Foundation
internal import HTTPTypes
package import HummingbirdTesting
internal import NIOCore
package import SyncProtocol
package import Testing

extension TestResponse {
    package var bytes: [UInt8] { Array(body.readableBytesView) }
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package func decode<Value: Decodable>(_ type: Value.Type, _ location: SourceLocation = #_sourceLocation) throws
        -> Value
    {
        #expect((200..<300).contains(status.code), "\(text)", sourceLocation: location)
        return try JSONDecoder().decode(type, from: Data(bytes))
    }

    /// Checks that this is a well-formed problem of that type.
    @discardableResult
    package func expectProblem(
        _ type: ProblemType,
        _ location: SourceLocation = #_sourceLocation
    ) throws -> ProblemDetails {
        #expect(status.code == type.status, "\(text)", sourceLocation: location)
        #expect(headers[.contentType] == ProtocolConstants.problem, sourceLocation: location)
        let problem = try JSONDecoder().decode(ProblemDetails.self, from: Data(bytes))
        #expect(problem.problem == type, "\(text)", sourceLocation: location)
        #expect(problem.status == type.status, sourceLocation: location)
        #expect(problem.title == type.title, sourceLocation: location)
        #expect(problem.detail?.isEmpty == false, sourceLocation: location)
        return problem
    }

    /// The lines of an answer in NDJSON.
    package var lines: [Substring] {
        text.split(separator: "\n")
    }
}

/// What a gzip body inflates to.
package func inflated(_ bytes: [UInt8]) throws -> [UInt8] {
    var decoder = GzipDecoder(maximumInflated: 1 << 30, maximumRatio: 1 << 20)
    var output: [UInt8] = []
    try bytes.withUnsafeBufferPointer { try decoder.decode($0, into: &output) }
    try decoder.finish()
    return output
}
