import { withSnakeCase, type SnakeCaseEngine } from './compat.js';
import type { EngineOptions } from './engine-options.js';
import type { Engine } from './engine.js';
import { MlxEngine } from './mlx-engine.js';
import { requireNode } from './setup/node-version.js';

/**
 * An engine without models; `loadModel` brings them. Dispose it, or declare it
 * with `await using`, to end its processes. Throws InvalidParams for a
 * configuration that is not valid.
 */
export function createEngine(options: EngineOptions = {}): Engine & SnakeCaseEngine {
  requireNode();
  return withSnakeCase(new MlxEngine(options));
}
