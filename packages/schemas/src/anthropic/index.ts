export { AnthropicErrorSchema } from './errors.js';
export type { AnthropicError } from './errors.js';
