import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** In a model's directory, beside its files. */
const FILE = '.provenance.json';

const ProvenanceSchema = z.looseObject({
  /** Repository of Hugging Face, wheel, GGUF file, or directory that it was copied from. */
  kind: z.enum(['huggingface', 'wheel', 'directory', 'gguf', 'model']),
  /** Name or path of it. */
  source: z.string(),
  /** Commit of a repository. */
  commit: z.string().optional(),
});
export type Provenance = z.infer<typeof ProvenanceSchema>;

export async function writeProvenance(directory: string, provenance: Provenance): Promise<void> {
  await writeFile(join(directory, FILE), `${JSON.stringify(provenance, null, 2)}\n`);
}

/** Undefined where nobody wrote it down. */
export async function readProvenance(directory: string): Promise<Provenance | undefined> {
  try {
    return ProvenanceSchema.parse(JSON.parse(await readFile(join(directory, FILE), 'utf8')));
  } catch {
    return undefined;
  }
}
