import { RuntimeConfigSchema, type RuntimeConfig } from '@mlx/schemas/config';
import { zodErrorToEngineError, type ValidationErrorDetails } from '@mlx/schemas';
import type { ConfigFault } from './fault.js';
import type { Origin } from './origin.js';
import type { Setting } from './settings.js';

export interface Composition {
  /** Undefined when there are faults. */
  readonly config: RuntimeConfig | undefined;
  readonly faults: ConfigFault[];
  /** Where each value that is not a default came from, by dotted key. */
  readonly origins: Map<string, Origin>;
}

/** Lays settings over the defaults, later ones over earlier ones, and validates the whole. */
export function compose(settings: readonly Setting[]): Composition {
  const tree = Object.create(null) as object;
  const origins = new Map<string, Origin>();
  for (const { path, value, origin } of settings) {
    place(tree, path, value);
    origins.set(path.join('.'), origin);
  }
  const result = RuntimeConfigSchema.safeParse(tree);
  if (result.success) return { config: result.data, faults: [], origins };
  // Built by zodErrorToEngineError, whose details have this shape.
  const details = zodErrorToEngineError(result.error).details as ValidationErrorDetails;
  const faults = details.issues.map((issue): ConfigFault => ({
    ...issue,
    origin: originOf(origins, issue.path),
  }));
  return { config: undefined, faults, origins };
}

/** Objects here have no prototype, so no key can reach one. */
function place(tree: object, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) {
    Reflect.set(tree, key, value);
    return;
  }
  const known: unknown = Reflect.get(tree, key);
  const section = isSection(known) ? known : (Object.create(null) as object);
  Reflect.set(tree, key, section);
  place(section, rest, value);
}

const isSection = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Who set the value at fault: it, something around it, or something inside it. */
function originOf(origins: Map<string, Origin>, path: readonly (string | number)[]): Origin {
  for (let length = path.length; length > 0; length -= 1) {
    const origin = origins.get(path.slice(0, length).join('.'));
    if (origin) return origin;
  }
  const prefix = path.slice(0, -1).join('.');
  for (const [key, origin] of origins) {
    if (key.startsWith(`${prefix}.`)) return origin;
  }
  return { layer: 'default' };
}
