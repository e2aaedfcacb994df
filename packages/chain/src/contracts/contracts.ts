import { isLivepeerError } from '@livepeer-node/sdk'
import type { JsonRpcApiProvider } from 'ethers'
import { contractMissing } from '../errors.ts'
import { BondingManager } from './bonding-manager.ts'
import { toAddressText } from './contract.ts'
import { Controller } from './controller.ts'
import { Minter } from './minter.ts'
import { RoundsManager } from './rounds-manager.ts'
import { ServiceRegistry } from './service-registry.ts'
import { TicketBroker } from './ticket-broker.ts'
import { LivepeerToken, TokenFaucet } from './token.ts'

/** The contracts of the protocol. */
export interface Contracts {
  readonly controller: Controller
  readonly ticketBroker: TicketBroker
  readonly bondingManager: BondingManager
  readonly roundsManager: RoundsManager
  readonly serviceRegistry: ServiceRegistry
  readonly token: LivepeerToken
  readonly minter: Minter
  /** On test networks only. */
  readonly faucet: TokenFaucet | undefined
}

/** Asks the Controller where all of them are (payments.md D1). @throws `LP_CHAIN_CONTRACT`, `LP_CHAIN_UNREACHABLE`. */
export async function findContracts(provider: JsonRpcApiProvider, controllerAddress: string): Promise<Contracts> {
  const controller = new Controller({ provider, address: controllerPlace(controllerAddress) })
  const place = async (name: string) => {
    const address = await find(controller, name)
    if (!address) throw contractMissing(name, controllerAddress)
    return { provider, address }
  }
  const [broker, bonding, rounds, registry, token, minter] = await Promise.all([
    place('TicketBroker'),
    place('BondingManager'),
    place('RoundsManager'),
    place('ServiceRegistry'),
    place('LivepeerToken'),
    place('Minter'),
  ])
  const faucet = await find(controller, 'LivepeerTokenFaucet')
  return {
    controller,
    ticketBroker: new TicketBroker(broker),
    bondingManager: new BondingManager(bonding),
    roundsManager: new RoundsManager(rounds),
    serviceRegistry: new ServiceRegistry(registry),
    token: new LivepeerToken(token),
    minter: new Minter(minter),
    faucet: faucet === undefined ? undefined : new TokenFaucet({ provider, address: faucet }),
  }
}

async function find(controller: Controller, name: string): Promise<string | undefined> {
  try {
    return await controller.find(name)
  } catch (error) {
    // An address without a contract, or with another one, answers with nothing that could be read.
    if (isLivepeerError(error) && error.code === 'LP_CHAIN_CALL') throw contractMissing(name, controller.address, error)
    throw error
  }
}

function controllerPlace(address: string): string {
  try {
    return toAddressText(address)
  } catch (error) {
    throw contractMissing('contract', address || 'an empty address', error)
  }
}
