internal import Dispatch

/// Work on all cores.
enum Parallel {
    /// Calls the body with 0..<count, on as many threads as there are cores, and gives the results in order.
    ///
    /// - Throws: the error of the lowest index that failed.
    static func map<Value: Sendable, Failure: Error>(
        _ count: Int,
        _ body: (Int) throws(Failure) -> Value
    ) throws(Failure) -> [Value] {
        var results = [Result<Value, Failure>?](repeating: nil, count: count)
        results.withUnsafeMutableBufferPointer { results in
            // Each index is written by the one call that has it, and read when all of them have returned.
            nonisolated(unsafe) let (slots, body) = (results, body)
            DispatchQueue.concurrentPerform(iterations: count) { index in
                slots[index] = Result { () throws(Failure) in try body(index) }
            }
        }
        return try results.map { result throws(Failure) in
            guard let result else { preconditionFailure("concurrentPerform calls every index") }
            return try result.get()
        }
    }
}
