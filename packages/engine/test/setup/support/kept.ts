import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const dayMs = 24 * 60 * 60 * 1000;
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs);

export interface Kept {
  readonly bytes?: number;
  readonly fetched?: number;
  readonly used?: number;
  readonly uses?: number;
}

/** A model in a store as a use of it left it behind; times are in days ago. */
export function keepModel(models: string, name: string, kept: Kept = {}): string {
  const { bytes = 1000, fetched = 0, used = fetched, uses = 1 } = kept;
  const directory = join(models, name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'config.json'), '{}');
  writeFileSync(join(directory, 'tokenizer.json'), '{}');
  writeFileSync(join(directory, 'model.safetensors'), Buffer.alloc(bytes - 4));
  utimesSync(directory, daysAgo(fetched), daysAgo(fetched));
  const file = join(models, `.uses-${name}`);
  writeFileSync(file, '.'.repeat(uses));
  utimesSync(file, daysAgo(used), daysAgo(used));
  return directory;
}
