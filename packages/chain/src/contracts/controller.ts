import { id } from 'ethers'
import { type ContractPlace, NOBODY, ProtocolContract, toAddressText } from './contract.ts'

/** Knows where all other contracts are (payments.md D1). */
export class Controller extends ProtocolContract {
  constructor(place: ContractPlace) {
    super('Controller', place, [
      'function getContract(bytes32 id) view returns (address)',
      'function getContractInfo(bytes32 id) view returns (address, bytes20)',
      'function paused() view returns (bool)',
      'function owner() view returns (address)',
    ])
  }

  /** The address that is registered under a name, with checksum; `undefined` where there is none. */
  async find(name: string): Promise<string | undefined> {
    const [found] = await this.read('getContract', [id(name)])
    const address = toAddressText(String(found))
    return address === NOBODY ? undefined : address
  }

  async paused(): Promise<boolean> {
    return Boolean((await this.read('paused'))[0])
  }
}
