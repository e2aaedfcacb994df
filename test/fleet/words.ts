/** The arguments of a command, none of which holds a space. */
export function words(text: string): string[] {
  return text.trim().split(/\s+/)
}
