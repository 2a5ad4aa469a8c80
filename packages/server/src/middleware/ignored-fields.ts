import { createMiddleware } from 'hono/factory';
import type { HandlerEnvironment } from '../environment.js';
import { BodyReader } from '../fields/body-reader.js';
import { HttpError } from '../http/http-error.js';
import { namesHeader } from '../http/names-header.js';

/** The response header that names what had no effect. */
const IGNORED_HEADER = 'mlx-ignored';
const STRICT_HEADER = 'mlx-strict';

export interface IgnoredFields {
  /** The path of the endpoint. */
  readonly endpoint: string;
  /** Names as the response tells them, such as `tools[].cache_control`. */
  readonly fields: readonly string[];
}

export interface FieldPolicy {
  /** Refuse fields that would have no effect, for every request. */
  readonly strict: boolean;
  readonly onIgnored: (ignored: IgnoredFields) => void;
}

/** Gives every request its reader, and tells what the reader accepted without effect. */
export function ignoredFields({ strict, onIgnored }: FieldPolicy) {
  return createMiddleware<HandlerEnvironment>(async (context, next) => {
    const reader = new BodyReader(strict || asksStrictness(context.req.header(STRICT_HEADER)));
    context.set('reader', reader);
    await next();
    const { ignored: fields } = reader;
    const header = namesHeader(fields, reader.unnamed);
    if (header === undefined) return;
    context.header(IGNORED_HEADER, header);
    context.get('log').debug({ fields }, 'fields without effect');
    onIgnored({ endpoint: context.req.path, fields });
  });
}

function asksStrictness(value = 'false'): boolean {
  if (/^(?:true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  throw new HttpError(`The header '${STRICT_HEADER}' must be true or false, not '${value}'.`, {
    status: 400,
    code: 'invalid_header',
  });
}
