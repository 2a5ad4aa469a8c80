export {
  validateGeneratorParams,
  validateLoadModelOptions,
  validateTokenizeRequest,
} from './validators.js';
export type { ValidationResult } from './validators.js';
