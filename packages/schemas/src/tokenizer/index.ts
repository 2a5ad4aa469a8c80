export {
  DetokenizeBodySchema,
  DetokenizedSchema,
  TokenListSchema,
  TokenizeBodySchema,
} from './tokenize-http.js';
export type { Detokenized, TokenList, TokenizeBody } from './tokenize-http.js';
export { TokenizeRequestSchema, TokenizeResponseSchema } from './tokenize.js';
export type { TokenizeRequest, TokenizeResponse } from './tokenize.js';
