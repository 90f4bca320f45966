internal import AgendaModel

/// Reads a push's body into the records of its lines.
struct PushReader {
    private var reader = EventReader()
    private var typeNumbers: [String: Int32] = [:]
    private var highest = -1
    // By counter; only made for a push whose counters do not increase.
    private var linesByCounter: [Int: Int32]?

    mutating func read(into push: inout Push) throws(PushError) {
        var failure: PushError?
        let source = Array(push.source.rawValue.utf8)
        let body = push.body
        body.withUnsafeBufferPointer { bytes in
            push.lines.reserveCapacity(min(Push.maximumEvents, bytes.count / 128 + 1))
            Lines.forEach(in: bytes) { range in
                guard failure == nil else { return }
                do throws(PushError) {
                    try read(range, of: bytes, source: source, into: &push)
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
    }

    private mutating func read(
        _ range: Range<Int>,
        of body: UnsafeBufferPointer<UInt8>,
        source: [UInt8],
        into push: inout Push
    ) throws(PushError) {
        let number = push.lines.count + 1
        guard number <= Push.maximumEvents, range.upperBound <= Int32.max else {
            throw PushError(
                .tooManyEvents,
                "a push holds at most \(Push.maximumEvents) events; send the rest in another one"
            )
        }
        guard body[range].first == UInt8(ascii: "{") else {
            throw PushError(
                .notNewlineDelimited,
                "line \(number) does not start with '{': a push has one event, a JSON object, on every line"
            )
        }
        var line = Push.Line(start: Int32(range.lowerBound), end: Int32(range.upperBound), counter: -1)
        let bytes = UnsafeBufferPointer(rebasing: body[range])
        switch attributes(of: bytes) {
        case .success(let attributes):
            guard bytes[attributes.source].elementsEqual(source) else {
                throw PushError(
                    .wrongDevice,
                    "the event on line \(number) says that it comes from another source than \(push.source), which pushed it"
                )
            }
            line.counter = attributes.counter.rawValue
            push.newestTime = max(push.newestTime ?? attributes.time, attributes.time)
            do {
                try fill(&line, with: attributes, of: bytes, in: &push)
            } catch {
                line.refuse(error, in: &push)
            }
        case .failure(let problem):
            line.counter = Self.plainCounter(of: bytes, source: source) ?? -1
            line.refuse(problem, in: &push)
        }
        note(&line, in: push)
        push.lines.append(line)
    }

    private mutating func attributes(of line: UnsafeBufferPointer<UInt8>) -> Result<EventAttributes, EventProblem> {
        guard line.count <= Push.maximumEventLength else {
            return .failure(
                EventProblem(
                    .tooLarge,
                    "the event has \(line.count) bytes; at most \(Push.maximumEventLength) are allowed"
                )
            )
        }
        do {
            return .success(try reader.read(line, as: .event))
        } catch {
            return .failure(error)
        }
    }

    /// Fills in what a valid event says.
    private mutating func fill(
        _ line: inout Push.Line,
        with attributes: EventAttributes,
        of bytes: UnsafeBufferPointer<UInt8>,
        in push: inout Push
    ) throws(EventProblem) {
        line.basis = attributes.basis.rawValue
        let type = try reader.validate(attributes, in: bytes)
        line.subject = push.names.number(of: UnsafeBufferPointer(rebasing: bytes[attributes.subject]))
        line.type = number(of: type, in: &push)
        line.weight = Int32(truncatingIfNeeded: reader.weight)
        push.addedBytes[Int(line.subject), default: 0] += Int(line.weight)
        if type.isCreating { push.created.insert(Int(line.subject)) }
        line.firstReference = Int32(push.references.count)
        for reference in reader.references { push.references.append(push.names.number(of: reference)) }
        line.referenceCount = Int32(push.references.count) - line.firstReference
        if let event = AccessEvent(type: type.name, data: UnsafeBufferPointer(rebasing: bytes[attributes.data])) {
            line.accessEvent = Int32(push.accessEvents.count)
            push.accessEvents.append(event)
        }
    }

    private mutating func number(of type: Catalogue.EventType, in push: inout Push) -> Int32 {
        if let number = typeNumbers[type.name] { return number }
        let number = Int32(push.types.count)
        typeNumbers[type.name] = number
        push.types.append(type)
        return number
    }

    /// Finds the earlier line with the same counter, if counters do not increase.
    private mutating func note(_ line: inout Push.Line, in push: Push) {
        guard line.counter >= 0 else { return }
        let number = Int32(push.lines.count)
        if line.counter > highest {
            highest = line.counter
            linesByCounter?[line.counter] = number
            return
        }
        if linesByCounter == nil {
            linesByCounter = [:]
            for (earlier, line) in push.lines.enumerated() where line.counter >= 0 {
                linesByCounter?[line.counter] = Int32(earlier)
            }
        }
        line.repeats = linesByCounter?[line.counter] ?? -1
        if line.repeats < 0 { linesByCounter?[line.counter] = number }
    }

    /// The counter of a line that is broken further on.
    ///
    /// It is found only when the line starts exactly as events are usually written, with version, counter and this
    /// source.
    private static func plainCounter(of line: UnsafeBufferPointer<UInt8>, source: [UInt8]) -> Int? {
        let start = #"{"specversion":"1.0","id":""#.utf8
        guard line.starts(with: start) else { return nil }
        let digits = line.dropFirst(start.count).prefix(17).prefix {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        let rest = line.dropFirst(start.count + digits.count)
        guard let first = digits.first, first != UInt8(ascii: "0"), digits.count <= 16,
            rest.starts(with: Array(#"","source":""#.utf8) + source + [UInt8(ascii: "\"")])
        else { return nil }
        let counter = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        return counter < 1 << 53 ? counter : nil
    }
}

extension Push.Line {
    fileprivate mutating func refuse(_ problem: EventProblem, in push: inout Push) {
        self.problem = Int32(push.problems.count)
        push.problems.append(problem)
    }
}
