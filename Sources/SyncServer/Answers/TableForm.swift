internal import SyncProtocol

/// In which form rows are given: as JSON, or as CSV for who asks for that by name and likes it no less.
enum TableForm {
    case json, csv

    init(_ accept: String?) {
        self = .json
        guard let accept else { return }
        let list = QualityList(accept)
        guard let csv = list.quality(of: ProtocolConstants.csv), csv > 0 else { return }
        if csv >= list.quality(of: ProtocolConstants.json) ?? 0 { self = .csv }
    }

    /// What the answer is called.
    var mediaType: String {
        self == .csv ? "\(ProtocolConstants.csv); charset=utf-8; header=present" : ProtocolConstants.json
    }
}
