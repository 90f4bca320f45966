import AgendaModel
import EventLog
import HTTPTypes
import Hummingbird
import SyncProtocol
import Testing

@testable import SyncServer

@Suite("Places for what is done at once")
struct ServerPlacesTests {
    private static func options(_ change: (inout ServerOptions.Capacity) -> Void) -> ServerOptions {
        var options = ServerOptions.withoutRates
        change(&options.capacity)
        return options
    }

    @Test("Nobody whose body does not arrive keeps an admin from administering, or others from enrolling")
    func slowBodies() async throws {
        let rig = try await ServiceRig(
            Self.options {
                $0.administration = 1
                $0.enrolments = 1
                $0.healings = 1
            }
        )
        let (service, agenda) = (rig.service, rig.agenda)
        let admin = try await rig.enrol(.admin)
        let code = try rig.invite(.recorder)
        let enrolment = #"{"invite":"\#(code)","member":"Testpersoon","device":"x"}"#

        /// What has to go on while another request waits for its body.
        @Sendable func administer() async throws {
            let invite = rig.request("/invites", by: admin, #"{"role":"recorder"}"#)
            #expect(try await service.invite(invite, to: agenda).status == .created)
            let device = try await rig.enrol(.recorder).device.dropFirst("device/".count)
            let revocation = rig.request("/devices/\(device)", .delete, by: admin)
            #expect(try await service.revoke(device: String(device), revocation, in: agenda).status == .noContent)
            #expect(try await service.renewToken(rig.request("/token", by: admin), in: agenda).status == .created)
            let further = rig.request("/devices", by: admin, #"{"device":"x"}"#)
            #expect(try await service.enrol(further, in: agenda).status == .created)
        }
        let enrolling = rig.request("/devices", by: nil, enrolment, after: administer)
        #expect(try await service.enrol(enrolling, in: agenda).status == .created)
        let inviting = rig.request("/invites", by: admin, #"{"role":"admin"}"#, after: administer)
        #expect(try await service.invite(inviting, to: agenda).status == .created)
        let healing = rig.request("/heal", by: admin, type: ProtocolConstants.ndjson, "{}", after: administer)
        await #expect(throws: (any Error).self, "it gives back nothing") { try await service.heal(healing, agenda) }
    }
}
