package import SyncProtocol

/// A device that enrolled, and the events that it records.
package struct TestDevice {
    package let answer: EnrolmentAnswer

    package init(answer: EnrolmentAnswer) { self.answer = answer }

    package var id: Substring { answer.device.dropFirst("device/".count) }

    package func event(_ counter: Int, _ type: String, _ subject: String, _ data: String, basis: Int = 0) -> String {
        """
        {"specversion":"1.0","id":"\(counter)","source":"\(answer.device)","type":"\(type)","subject":"\(subject)",\
        "time":"2026-11-12T10:11:12.123Z","basis":\(basis),"data":\(data)}
        """
    }

    package func organisation(_ counter: Int, name: String? = nil) -> String {
        let data = #"{"name":"\#(name ?? "Organisatie \(counter)")","sort":"company"}"#
        return event(counter, "organisation.registered", "organisation/\(id)-\(counter)", data)
    }
}
