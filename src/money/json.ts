/** One line for programs; amounts are texts of digits, as a number could not hold them. */
export function moneyJson(data: unknown): string {
  return JSON.stringify(data, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))
}
