internal import HTTPTypes
internal import SyncProtocol

extension HTTPField.Name {
    static let ambitProtocol = Self.checked(ProtocolConstants.versionHeader)
    static let ambitNext = Self.checked(ProtocolConstants.nextHeader)
    static let ambitStanding = Self.checked(ProtocolConstants.standingHeader)
    static let apiVersion = Self.checked(ProtocolConstants.contractHeader)
    static let ambitSize = Self.checked(ProtocolConstants.sizeHeader)

    static func checked(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("no header can be called that") }
        return name
    }
}
