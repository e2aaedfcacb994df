import { auxData, type LotteryTicket, type SenderFunds, type WinningTicket } from '@livepeer-node/protocol'
import { hexlify } from 'ethers'
import {
  type Address,
  type At,
  type ContractCall,
  type ContractPlace,
  ProtocolContract,
  toAddressText,
} from './contract.ts'

const TICKET =
  '(address recipient, address sender, uint256 faceValue, uint256 winProb, uint256 senderNonce, bytes32 recipientRandHash, bytes auxData)'

/** Holds what broadcasters put aside for their tickets, and pays the winners (payments.md C). */
export class TicketBroker extends ProtocolContract {
  constructor(place: ContractPlace) {
    super('TicketBroker', place, [
      'function fundDeposit() payable',
      'function fundReserve() payable',
      'function fundDepositAndReserve(uint256 deposit, uint256 reserve) payable',
      'function fundDepositAndReserveFor(address addr, uint256 deposit, uint256 reserve) payable',
      `function redeemWinningTicket(${TICKET} ticket, bytes sig, uint256 recipientRand)`,
      `function batchRedeemWinningTickets(${TICKET}[] tickets, bytes[] sigs, uint256[] recipientRands)`,
      'function unlock()',
      'function cancelUnlock()',
      'function withdraw()',
      'function isUnlockInProgress(address) view returns (bool)',
      'function getSenderInfo(address) view returns ((uint256 deposit, uint256 withdrawRound), (uint256 fundsRemaining, uint256 claimedInCurrentRound))',
      'function claimableReserve(address holder, address claimant) view returns (uint256)',
      'function claimedReserve(address holder, address claimant) view returns (uint256)',
      'function usedTickets(bytes32) view returns (bool)',
      `function getTicketHash(${TICKET} ticket) pure returns (bytes32)`,
      'function unlockPeriod() view returns (uint256)',
      'function ticketValidityPeriod() view returns (uint256)',
      'event DepositFunded(address indexed sender, uint256 amount)',
      'event ReserveFunded(address indexed reserveHolder, uint256 amount)',
      'event ReserveClaimed(address indexed reserveHolder, address claimant, uint256 amount)',
      'event WinningTicketRedeemed(address indexed sender, address indexed recipient, uint256 faceValue, uint256 winProb, uint256 senderNonce, uint256 recipientRand, bytes auxData)',
      'event WinningTicketTransfer(address indexed sender, address indexed recipient, uint256 amount)',
      'event Unlock(address indexed sender, uint256 startRound, uint256 endRound)',
      'event UnlockCancelled(address indexed sender)',
      'event Withdrawal(address indexed sender, uint256 deposit, uint256 reserve)',
    ])
  }

  async readSender(sender: Address, at?: At): Promise<SenderFunds> {
    const [account, reserve] = await this.read('getSenderInfo', [toAddressText(sender)], at)
    return {
      deposit: BigInt(account.deposit),
      withdrawRound: BigInt(account.withdrawRound),
      reserve: {
        fundsRemaining: BigInt(reserve.fundsRemaining),
        claimedInCurrentRound: BigInt(reserve.claimedInCurrentRound),
      },
    }
  }

  /** Wei that `claimant` drew from `holder`'s reserve in the current round. */
  async claimedReserve(holder: Address, claimant: Address, at?: At): Promise<bigint> {
    return BigInt((await this.read('claimedReserve', [toAddressText(holder), toAddressText(claimant)], at))[0])
  }

  /**
   * Wei that `claimant` may still draw from `holder`'s reserve in the current round. Where the pool grew so much that the
   * contract's subtraction fails, it is 0 (payments.md C).
   */
  async claimableReserve(holder: Address, claimant: Address, at?: At): Promise<bigint> {
    try {
      return BigInt((await this.read('claimableReserve', [toAddressText(holder), toAddressText(claimant)], at))[0])
    } catch (error) {
      if (isPanic(error)) return 0n
      throw error
    }
  }

  /** Was a ticket with this hash redeemed? */
  async usedTicket(hash: Uint8Array, at?: At): Promise<boolean> {
    return Boolean((await this.read('usedTickets', [hexlify(hash)], at))[0])
  }

  /** Rounds from `unlock` to `withdraw`. */
  async unlockPeriod(): Promise<bigint> {
    return BigInt((await this.read('unlockPeriod'))[0])
  }

  /** Rounds in which a ticket can be redeemed, its own included. */
  async ticketValidityPeriod(): Promise<bigint> {
    return BigInt((await this.read('ticketValidityPeriod'))[0])
  }

  redeem({ ticket, signature, recipientRand }: Omit<WinningTicket, 'expirationBlock'>): ContractCall {
    return this.call('redeemWinningTicket', [ticketStruct(ticket), hexlify(signature), recipientRand])
  }

  /** The value that is sent is the sum of both. */
  fund(deposit: bigint, reserve: bigint): ContractCall {
    return this.call('fundDepositAndReserve', [deposit, reserve], deposit + reserve)
  }

  unlock(): ContractCall {
    return this.call('unlock')
  }

  cancelUnlock(): ContractCall {
    return this.call('cancelUnlock')
  }

  withdraw(): ContractCall {
    return this.call('withdraw')
  }
}

/** A ticket as the contract takes it (payments.md A1). */
export function ticketStruct(ticket: LotteryTicket): readonly unknown[] {
  return [
    toAddressText(ticket.recipient),
    toAddressText(ticket.sender),
    ticket.faceValue,
    ticket.winProb,
    BigInt(ticket.senderNonce),
    hexlify(ticket.recipientRandHash),
    hexlify(auxData(ticket.round)),
  ]
}

function isPanic(error: unknown): boolean {
  return error instanceof Error && /panic/i.test(error.message)
}
