/** Command lines have no fields. */
const FIELD = /^Validation error on field '[^']*': /;

/** What an error says, for people who typed a command. */
export function plainMessage(error: unknown): string {
  return error instanceof Error ? error.message.replace(FIELD, '') : String(error);
}
