export { CompatibilityReportSchema } from './compatibility.js';
export type { CompatibilityReport } from './compatibility.js';
export { ModelDescriptorSchema, TokenizerDescriptorSchema } from './descriptor.js';
export type { ModelDescriptor, TokenizerDescriptor } from './descriptor.js';
export { ModelHandleSchema, ModelStateSchema } from './handle.js';
export type { ModelHandle, ModelState } from './handle.js';
export {
  LoadDraftModelOptionsSchema,
  LoadModelOptionsObjectSchema,
  LoadModelOptionsSchema,
  VisionModelOptionsSchema,
} from './load-options.js';
export type {
  LoadDraftModelOptions,
  LoadModelOptions,
  LoadModelOptionsInput,
  VisionModelOptions,
} from './load-options.js';
