#if Fuzzing
    internal import Dispatch
    internal import EventLogTesting
    internal import FuzzTargets
    internal import Synchronization

    #if canImport(FoundationEssentials)
        internal import FoundationEssentials
    #else
        internal import Foundation
    #endif

    // What libFuzzer calls. The target is an argument that libFuzzer passes over: --target=NAME.

    private let target: FuzzTarget = {
        let name = argument("--target=")
        guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
            print("ambit-fuzz: --target is one of \(FuzzTarget.all.map(\.name).joined(separator: " "))")
            exit(64)
        }
        return target
    }()

    private func argument(_ start: String) -> String? {
        CommandLine.arguments.first { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
    }

    /// With --seeds=FOLDER the target's seeds are written there, and nothing is run.
    @_cdecl("LLVMFuzzerInitialize")
    public func initialize(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> Int32 {
        guard let folder = argument("--seeds=") else { return 0 }
        let failure = waiting {
            for (number, seed) in try await target.seeds().enumerated() {
                try Data(seed).write(to: URL(filePath: "\(folder)/seed-\(number)"))
            }
        }
        if let failure { print("ambit-fuzz: the seeds cannot be written: \(failure)") }
        exit(failure == nil ? 0 : 1)
    }

    /// Checks one input; a failure ends the process, so that libFuzzer keeps the input.
    @_cdecl("LLVMFuzzerTestOneInput")
    public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
        let input = Array(UnsafeBufferPointer(start: bytes, count: count))
        if let failure = waiting({ try await target.check(input) }) { fatalError("\(target.name): \(failure)") }
        return 0
    }

    @_silgen_name("LLVMFuzzerMutate")
    private func mutateBytes(_ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int, _ room: Int) -> Int

    /// Changes an input, every other time in the terms of the target's format.
    @_cdecl("LLVMFuzzerCustomMutator")
    public func mutate(_ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int, _ room: Int, _ seed: UInt32) -> Int {
        guard let reshape = target.reshape, seed % 2 == 0 else { return mutateBytes(bytes, count, room) }
        var random = SplitMix64(seed: UInt64(seed))
        var input = Array(UnsafeBufferPointer(start: bytes, count: count))
        reshape(&input, &random) { part in
            let count = part.count
            part += [UInt8](repeating: 0, count: max(64, count / 4))
            let length = part.withUnsafeMutableBufferPointer { mutateBytes($0.baseAddress, count, $0.count) }
            part.removeSubrange(length...)
        }
        guard input.count <= room else { return mutateBytes(bytes, count, room) }
        bytes?.update(from: input, count: input.count)
        return input.count
    }

    /// Runs something to its end on the thread pool, where servers run it too, with its small stacks.
    ///
    /// - Returns: what went wrong.
    private func waiting(_ body: @escaping @Sendable () async throws -> Void) -> (any Error)? {
        let result = Mutex<(any Error)?>(nil)
        let end = DispatchSemaphore(value: 0)
        withExtendedLifetime(result) {
            Task.detached {
                do { try await body() } catch { result.withLock { $0 = error } }
                end.signal()
            }
            end.wait()
        }
        return result.withLock { $0 }
    }
#else
    /// Without libFuzzer there is nothing to run.
    @main
    struct Driver {
        static func main() { print("ambit-fuzz is built and run by Tools/fuzz") }
    }
#endif
