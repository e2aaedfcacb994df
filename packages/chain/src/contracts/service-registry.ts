import { type Address, type ContractCall, type ContractPlace, ProtocolContract, toAddressText } from './contract.ts'

/** Where orchestrators say how they are reached (payments.md D5). */
export class ServiceRegistry extends ProtocolContract {
  constructor(place: ContractPlace) {
    super('ServiceRegistry', place, [
      'function setServiceURI(string uri)',
      'function getServiceURI(address) view returns (string)',
      'event ServiceURIUpdate(address indexed addr, string serviceURI)',
    ])
  }

  /** As it was written, unchecked; empty where nothing was. */
  async serviceUri(orchestrator: Address): Promise<string> {
    return String((await this.read('getServiceURI', [toAddressText(orchestrator)]))[0])
  }

  setServiceUri(uri: string): ContractCall {
    return this.call('setServiceURI', [uri])
  }
}
