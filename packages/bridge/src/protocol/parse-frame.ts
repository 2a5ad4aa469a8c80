import { JsonRpcErrorSchema } from '@mlx/schemas/wire';
import type { JsonRpcError } from '@mlx/schemas/wire';

export type ParsedFrame =
  | { kind: 'tokens'; rows: readonly unknown[] }
  | { kind: 'result'; id: unknown; result: unknown }
  | { kind: 'error'; id: unknown; error: JsonRpcError }
  | { kind: 'notification'; method: string; params: unknown }
  | { kind: 'malformed' };

const MALFORMED: ParsedFrame = { kind: 'malformed' };

/**
 * Classifies one line. Token frames come thousands of times a second, so they
 * are recognised first and their shape is checked by hand; payloads of the rare
 * frames are validated with the wire schemas where they are used.
 */
export function parseFrame(line: string): ParsedFrame {
  const frame = parseJson(line);
  if (!isRecord(frame) || frame['jsonrpc'] !== '2.0') return MALFORMED;
  if (typeof frame['method'] === 'string') return notification(frame['method'], frame['params']);
  if ('result' in frame) return { kind: 'result', id: frame['id'], result: frame['result'] };
  const error = JsonRpcErrorSchema.safeParse(frame['error']);
  return error.success ? { kind: 'error', id: frame['id'], error: error.data } : MALFORMED;
}

function notification(method: string, params: unknown): ParsedFrame {
  if (method !== 'tokens') return { kind: 'notification', method, params };
  if (!isRecord(params) || !Array.isArray(params['rows'])) return MALFORMED;
  return { kind: 'tokens', rows: params['rows'] };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
