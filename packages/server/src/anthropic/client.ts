import type { HonoRequest } from 'hono';

/** On paths that several APIs have, this header tells whose client is asking. */
export function isAnthropicClient(request: HonoRequest): boolean {
  return request.header('anthropic-version') !== undefined;
}
