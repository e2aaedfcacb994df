import { type DescMessage, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf'
import { isLivepeerError } from '@livepeer-node/sdk'
import { headerNotBase64, headerUndecodable, messageUndecodable, messageUnencodable } from './errors.ts'

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** A message as bytes. @throws `LP_MESSAGE_UNENCODABLE` when a value does not fit its field. */
export function encodeMessage<D extends DescMessage>(schema: D, message: MessageShape<D>): Uint8Array {
  try {
    return toBinary(schema, message)
  } catch (cause) {
    throw messageUnencodable(schema.name, cause)
  }
}

/** A message from bytes; its byte fields are views of them, unknown fields are kept. @throws `LP_MESSAGE_UNDECODABLE`. */
export function decodeMessage<D extends DescMessage>(schema: D, bytes: Uint8Array): MessageShape<D> {
  try {
    // A Buffer would make Buffers of the message's bytes, whose slice() does not copy.
    return fromBinary(schema, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  } catch (cause) {
    throw messageUndecodable(schema.name, bytes.length, cause)
  }
}

/** A message as the value of an HTTP header: padded standard base64. @throws as `encodeMessage`. */
export function encodeHeader<D extends DescMessage>(schema: D, message: MessageShape<D>): string {
  return Buffer.from(encodeMessage(schema, message)).toString('base64')
}

/** How a header is named and what a peer reads when it is no good. */
export interface HeaderRules {
  readonly name: string
  /** Answer to what is not base64. */
  readonly notBase64: string
  /** Before the decoder's text in the answer to what is no message. */
  readonly prefix: string
}

/**
 * A message from the value of an HTTP header; an empty value is an empty message.
 * @throws `LP_HEADER_BASE64`, `LP_HEADER_UNDECODABLE`, each with the text for the peer.
 */
export function decodeHeader<D extends DescMessage>(schema: D, value: string, rules: HeaderRules): MessageShape<D> {
  if (!BASE64.test(value)) throw headerNotBase64(rules.name, value.length, rules.notBase64)
  try {
    return decodeMessage(schema, Buffer.from(value, 'base64'))
  } catch (error) {
    if (!isLivepeerError(error)) throw error
    throw headerUndecodable(rules.name, `${rules.prefix}${error.wireText ?? error.message}`, error)
  }
}
