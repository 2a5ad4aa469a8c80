import type { GeneratorParams } from '@mlx/schemas';
import { HttpError } from '../http/http-error.js';

const TOOL_PATH = /^tools\.(\d+)\b/;

/** An error about one of many tools says the name that the client knows it by. */
export function withToolName(
  error: HttpError,
  [params]: readonly Pick<GeneratorParams, 'tools'>[],
): HttpError {
  const [, index] = TOOL_PATH.exec(error.param ?? '') ?? [];
  const name = index === undefined ? undefined : params?.tools?.[Number(index)]?.name;
  if (name === undefined || error.message.includes(`'${name}'`)) return error;
  const { status, type, code, param, headers, cause } = error;
  const message = `${error.message.replace(/\.$/, '')} (tool '${name}').`;
  return new HttpError(message, { status, type, code, param, headers, cause });
}
