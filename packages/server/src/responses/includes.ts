import type { BodyReader } from '../fields/body-reader.js';

/** What a request asks to have included that this server has. */
export interface Includes {
  readonly logprobs: boolean;
  /** Thoughts in a form that can be sent back. */
  readonly sealedThoughts: boolean;
}

const LOGPROBS = 'message.output_text.logprobs';
const SEALED_THOUGHTS = 'reasoning.encrypted_content';

export function readIncludes(
  include: readonly string[] | null | undefined,
  reader: BodyReader,
): Includes {
  const asked = new Set(include);
  for (const value of asked) {
    if (value !== LOGPROBS && value !== SEALED_THOUGHTS) reader.ignore(`include[${value}]`);
  }
  return { logprobs: asked.has(LOGPROBS), sealedThoughts: asked.has(SEALED_THOUGHTS) };
}
