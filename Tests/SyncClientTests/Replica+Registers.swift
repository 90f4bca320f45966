import AgendaModel
import Projections

@testable import SyncClient

extension Replica {
    /// A subject's registers, with what is pending laid over them, sorted by path.
    func registers(of subject: String) throws -> [Register] { try overlaid { try $0.registers(of: subject) } }
}
