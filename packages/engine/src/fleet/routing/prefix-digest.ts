/**
 * The blocks of prompts whose keys and values a model's process holds, each as its 32-bit name
 * (`PromptBlocks.names`). The names are keyed: who reads them learns no text.
 */
export type PrefixDigest = ReadonlySet<number>;

const BYTES_PER_NAME = 4;

/** Reads what a process says: base64 of 32 bits for each name, the lowest byte first. */
export function readDigest(blocks: string): PrefixDigest {
  const bytes = Buffer.from(blocks, 'base64');
  const names = new Set<number>();
  for (let place = 0; place + BYTES_PER_NAME <= bytes.length; place += BYTES_PER_NAME) {
    names.add(bytes.readUInt32LE(place));
  }
  return names;
}
