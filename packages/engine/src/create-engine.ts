import { withSnakeCase, type SnakeCaseEngine } from './compat.js';
import type { EngineOptions } from './engine-options.js';
import type { Engine } from './engine.js';
import { MlxEngine } from './mlx-engine.js';
import { RuntimeConfigSchema } from '@mlx/schemas/config';
import { requireNode } from './setup/node-version.js';
import { invalidParameter } from './support/errors.js';
import { nearestName } from './support/nearest-name.js';

/**
 * An engine without models; `loadModel` brings them. Dispose it, or declare it
 * with `await using`, to end its processes. Throws InvalidParams for a
 * configuration that is not valid.
 */
export function createEngine(options: EngineOptions = {}): Engine & SnakeCaseEngine {
  requireNode();
  refuseUnknownOptions(options);
  return withSnakeCase(new MlxEngine(options));
}

const known = [
  'config',
  'onLog',
  'setup',
  'fleet',
  'runner',
] as const satisfies (keyof EngineOptions)[];

/** Options that nothing reads would be ignored in silence. */
function refuseUnknownOptions(options: EngineOptions): void {
  const unknown = Object.keys(options).find((name) => !known.some((option) => option === name));
  if (unknown === undefined) return;
  throw invalidParameter(unknown, `Unknown option; it would have no effect${hintFor(unknown)}`);
}

function hintFor(option: string): string {
  const key = option.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const sections = Object.entries(RuntimeConfigSchema.parse({}));
  if (sections.some(([section]) => section === key)) return `; did you mean config.${key}?`;
  const section = sections.find(([, values]) => Object.hasOwn(Object(values), key));
  if (section) return `; did you mean config.${section[0]}.${key}?`;
  const nearest = nearestName(known, option);
  return nearest === undefined ? '' : `; did you mean '${nearest}'?`;
}
