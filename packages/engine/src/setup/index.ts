export { backends, type Backend } from './backend.js';
export type { SetupOptions } from './context.js';
export type { ModelFailureReason, SetupFailureReason } from './errors.js';
export { DEFAULT_MODEL_ID } from './model/model-reference.js';
export { ensureModel, type EnsureModelOptions } from './model/ensure-model.js';
export { readModelReference } from './model/meant-model.js';
export { isGguf, parseModelReference } from './model/model-reference.js';
export { listModels } from './model/list-models.js';
export { nameOfDirectory } from './model/model-name.js';
export { validateModelDirectory } from './model/validate-model-directory.js';
export { requireNode } from './node-version.js';
export type { OnSetupProgress, SetupProgress, SetupStep } from './progress.js';
export {
  resolvePythonEnvironment,
  type PythonEnvironment,
  type ResolveOptions,
} from './python-environment.js';
export { suitablePython } from './python/suitable-python.js';
export { setupPythonEnvironment } from './setup-python-environment.js';
