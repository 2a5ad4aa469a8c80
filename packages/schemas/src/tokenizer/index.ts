export { TokenizeRequestSchema, TokenizeResponseSchema } from './tokenize.js';
export type { TokenizeRequest, TokenizeResponse } from './tokenize.js';
