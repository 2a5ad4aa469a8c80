import { APICallError } from '@ai-sdk/provider';

/** What the server says went wrong: OpenAI's error object. */
interface ServerError {
  readonly message: string;
  readonly type?: string | null;
  readonly code?: string | null;
  readonly param?: string | null;
}

/** Kinds and codes of errors in a stream after which the same request may succeed. */
const retryable: ReadonlySet<unknown> = new Set([
  'overloaded_error',
  'rate_limit_error',
  'queue_timeout',
  'sidecar_crashed',
  'timeout',
  'transport_error',
]);

/** An answer with a status other than success. */
export async function responseError(
  response: Response,
  url: string,
  requestBodyValues: unknown,
): Promise<APICallError> {
  const responseBody = await response.text().catch(() => '');
  const error = readError(parse(responseBody));
  const again = response.headers.get('x-should-retry');
  return new APICallError({
    message: error?.message ?? plainText(response, responseBody),
    url,
    requestBodyValues,
    statusCode: response.status,
    responseHeaders: Object.fromEntries(response.headers),
    responseBody,
    data: error,
    // Without a word from the server, the SDK knows which statuses pass.
    ...(again === null ? {} : { isRetryable: again === 'true' }),
  });
}

/** An error event of a stream. */
export function streamError(
  event: { readonly error: unknown },
  url: string,
  requestBodyValues: unknown,
): APICallError {
  const error = readError(event);
  return new APICallError({
    message: error?.message ?? JSON.stringify(event.error),
    url,
    requestBodyValues,
    data: error,
    isRetryable: retryable.has(error?.type) || retryable.has(error?.code),
  });
}

/** Also `{"error": "text"}`, which some proxies write. */
function readError(body: unknown): ServerError | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const error: unknown = Reflect.get(body, 'error');
  if (typeof error === 'string') return { message: error };
  if (typeof error !== 'object' || error === null) return undefined;
  return typeof Reflect.get(error, 'message') === 'string' ? (error as ServerError) : undefined;
}

function plainText({ status, statusText }: Response, body: string): string {
  const text = body.trim().slice(0, 200);
  return text === '' ? `The server answered ${status} ${statusText}`.trim() : `${status}: ${text}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
