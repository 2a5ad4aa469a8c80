export { EngineClientError, isEngineClientError } from './engine-client-error.js';
export type { EngineClientErrorOptions } from './engine-client-error.js';
export {
  cancelledError,
  errorFromChunk,
  isSlowConsumerError,
  slowConsumerError,
} from './known-errors.js';
export {
  EngineErrorCode,
  EngineErrorCodeSchema,
  engineErrorCodeFromRpc,
  engineErrors,
} from './table.js';
export { engineErrorCodeFromWire } from './wire-error.js';
export { parseOrThrow, zodErrorToEngineError } from './zod-error.js';
export { issueMessage } from './issue-message.js';
export { flattenIssues } from './union-branch.js';
export type { IssueCode } from './issue-code.js';
export type { ValidationErrorDetails, ValidationIssue } from './zod-error.js';
