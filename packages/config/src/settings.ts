import type * as z from 'zod';
import type { ConfigFault } from './fault.js';
import { nearestKey } from './nearest-key.js';
import { oldKeys, replaceOldValue } from './old-names.js';
import type { Origin } from './origin.js';
import { asSection, fieldOf, rootSection } from './schema-tree.js';

/** One value that a layer sets. */
export interface Setting {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly origin: Origin;
}

/** What a layer says, and what has to be said about it. */
export interface Layer {
  readonly settings: Setting[];
  readonly unknownKeys: ConfigFault[];
  /** Old names and values, with what to use instead. */
  readonly deprecations: ConfigFault[];
}

/** Takes a nested object apart along the schema. */
export function toLayer(value: unknown, originOf: (path: readonly string[]) => Origin): Layer {
  const layer: Layer = { settings: [], unknownKeys: [], deprecations: [] };
  collect(layer, rootSection, [], value, originOf);
  return layer;
}

function collect(
  layer: Layer,
  section: z.ZodObject,
  path: readonly string[],
  value: unknown,
  originOf: (path: readonly string[]) => Origin,
): void {
  // A section whose lines are all commented out reads as null.
  if (value === null || value === undefined) return;
  if (typeof value !== 'object' || Array.isArray(value)) {
    layer.settings.push({ path, value, origin: originOf(path) });
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    const field = fieldOf(section, key);
    const inner = field && asSection(field);
    if (inner) collect(layer, inner, [...path, key], item, originOf);
    else if (field) collectValue(layer, [...path, key], item, originOf);
    else collectUnknown(layer, section, [...path, key], originOf);
  }
}

function collectValue(
  layer: Layer,
  path: readonly string[],
  value: unknown,
  originOf: (path: readonly string[]) => Origin,
): void {
  const origin = originOf(path);
  const old = replaceOldValue(path.join('.'), value);
  if (old) {
    layer.deprecations.push({ path, message: `Old value: ${old.hint}`, code: 'custom', origin });
  }
  const current = old ? old.value : value;
  if (current !== undefined) layer.settings.push({ path, value: current, origin });
}

function collectUnknown(
  layer: Layer,
  section: z.ZodObject,
  path: readonly string[],
  originOf: (path: readonly string[]) => Origin,
): void {
  const origin = originOf(path);
  const key = path.join('.');
  const hint = Object.hasOwn(oldKeys, key) ? oldKeys[key] : undefined;
  if (hint) {
    const message = `No longer has an effect: ${hint}`;
    layer.deprecations.push({ path, message, code: 'custom', origin });
    return;
  }
  const nearest = nearestKey(section, path.at(-1) ?? '');
  const message = nearest ? `Unknown key; did you mean '${nearest}'?` : 'Unknown key';
  layer.unknownKeys.push({ path, message, code: 'unrecognized_keys', origin });
}
