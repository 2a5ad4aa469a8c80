import { HttpError } from '../http/http-error.js';
import { JsonGuard, type JsonLimits } from './json-guard.js';

export interface BodyLimits extends JsonLimits {
  /** Without images. */
  readonly maxBytes: number;
  /** Of the images of one body together, as text: base64 has four characters for three bytes. */
  readonly maxImageBytes: number;
}

export const DEFAULT_BODY_LIMITS: BodyLimits = {
  maxBytes: 4 * 1024 * 1024,
  maxImageBytes: 48 * 1024 * 1024,
  maxDepth: 128,
  maxContainers: 20_000,
  maxValues: 250_000,
};

/** What programs say that do not say what they send: nothing, or what curl says of any body. */
const UNSAID_MEDIA_TYPE = /^(?:application\/x-www-form-urlencoded)?$/i;
const JSON_MEDIA_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;
const UNENCODED = /^(?:identity)?$/i;

/** JSON is UTF-8 (RFC 8259, 8.1): other bytes would be replaced in silence. A mark at the beginning is left out. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The request's JSON body, refused before parsing when its type, size or shape is hostile. */
export async function readJson(request: Request, limits: BodyLimits): Promise<unknown> {
  return (await readSizedJson(request, limits)).body;
}

/** The same, and how long it is. */
export async function readSizedJson(
  request: Request,
  limits: BodyLimits,
): Promise<{ readonly body: unknown; readonly bytes: number }> {
  requireJson(request);
  requireUnencoded(request);
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > limits.maxBytes) throw tooLarge(limits.maxBytes);
  const bytes = await readBytes(request, limits);
  if (bytes.length === 0) throw badJson('The request body is empty; send a JSON object.');
  return { body: parse(bytes), bytes: bytes.length };
}

/**
 * A page of another site may send text, a form or nothing without asking
 * first, but not JSON; its browser says where it comes from. A program need
 * not say what it sends.
 */
function requireJson({ headers }: Request): void {
  const type = headers.get('content-type') ?? '';
  if (JSON_MEDIA_TYPE.test(type)) return;
  if (UNSAID_MEDIA_TYPE.test(type) && !headers.has('origin')) return;
  throw new HttpError('Send the body as JSON with the header "Content-Type: application/json".', {
    status: 415,
    code: 'unsupported_media_type',
  });
}

/** Nothing is unpacked here: a small body could become a huge one. */
function requireUnencoded({ headers }: Request): void {
  const encoding = headers.get('content-encoding') ?? '';
  if (UNENCODED.test(encoding)) return;
  throw new HttpError(`Send the body as it is, without "Content-Encoding: ${encoding}".`, {
    status: 415,
    code: 'unsupported_content_encoding',
    headers: { 'accept-encoding': 'identity' },
  });
}

async function readBytes(request: Request, limits: BodyLimits): Promise<Buffer> {
  if (!request.body) return Buffer.alloc(0);
  const guard = new JsonGuard(limits);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > limits.maxBytes) throw tooLarge(limits.maxBytes);
    guard.push(chunk);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    const form = cause instanceof TypeError ? 'in UTF-8' : 'valid JSON';
    throw badJson(`The request body is not ${form}.`, cause);
  }
}

function badJson(message: string, cause?: unknown): HttpError {
  return new HttpError(message, { status: 400, code: 'invalid_json', cause });
}

export function tooLarge(maxBytes: number): HttpError {
  const limit = (maxBytes / (1024 * 1024)).toFixed(1);
  return new HttpError(`The request body is larger than the limit of ${limit} MiB.`, {
    status: 413,
    code: 'body_too_large',
  });
}
