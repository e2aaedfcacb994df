import { type Address, type ContractCall, type ContractPlace, ProtocolContract, toAddressText } from './contract.ts'

/** LPT, 18 decimals (payments.md D5). */
export class LivepeerToken extends ProtocolContract {
  constructor(place: ContractPlace) {
    super('LivepeerToken', place, [
      'function balanceOf(address) view returns (uint256)',
      'function totalSupply() view returns (uint256)',
      'function allowance(address owner, address spender) view returns (uint256)',
      'function approve(address spender, uint256 amount) returns (bool)',
      'function transfer(address to, uint256 amount) returns (bool)',
      'event Transfer(address indexed from, address indexed to, uint256 value)',
      'event Approval(address indexed owner, address indexed spender, uint256 value)',
    ])
  }

  /** In the smallest part, of which 10^18 are one LPT. */
  async balanceOf(account: Address): Promise<bigint> {
    return BigInt((await this.read('balanceOf', [toAddressText(account)]))[0])
  }

  async totalSupply(): Promise<bigint> {
    return BigInt((await this.read('totalSupply'))[0])
  }

  async allowance(owner: Address, spender: Address): Promise<bigint> {
    return BigInt((await this.read('allowance', [toAddressText(owner), toAddressText(spender)]))[0])
  }

  approve(spender: Address, amount: bigint): ContractCall {
    return this.call('approve', [toAddressText(spender), amount])
  }

  transfer(to: Address, amount: bigint): ContractCall {
    return this.call('transfer', [toAddressText(to), amount])
  }
}

/** Gives tokens away on test networks. */
export class TokenFaucet extends ProtocolContract {
  constructor(place: ContractPlace) {
    super('LivepeerTokenFaucet', place, [
      'function request()',
      'function requestAmount() view returns (uint256)',
      'function nextValidRequest(address) view returns (uint256)',
    ])
  }

  request(): ContractCall {
    return this.call('request')
  }
}
