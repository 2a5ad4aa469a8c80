import * as z from 'zod';

interface EngineErrorFacts {
  /** JSON-RPC 2.0 error number; null for conditions that never cross the wire. */
  readonly rpc: number | null;
  /** HTTP status of a response that reports it. */
  readonly http: number;
  /** Whether the same call may succeed when made again. */
  readonly retryable: boolean;
}

/** Everything known about each error code. A new code must state all of it. */
export const engineErrors = {
  ParseError: { rpc: -32700, http: 400, retryable: false },
  InvalidRequest: { rpc: -32600, http: 400, retryable: false },
  MethodNotFound: { rpc: -32601, http: 404, retryable: false },
  InvalidParams: { rpc: -32602, http: 400, retryable: false },
  InternalError: { rpc: -32603, http: 500, retryable: false },
  ServerError: { rpc: -32000, http: 500, retryable: true },
  ModelLoadError: { rpc: -32001, http: 500, retryable: false },
  GenerationError: { rpc: -32002, http: 500, retryable: false },
  TokenizerError: { rpc: -32003, http: 500, retryable: false },
  GuidanceError: { rpc: -32004, http: 400, retryable: false },
  ModelNotLoaded: { rpc: -32005, http: 404, retryable: false },
  RuntimeError: { rpc: -32099, http: 500, retryable: false },
  TransportError: { rpc: null, http: 502, retryable: true },
  Timeout: { rpc: null, http: 504, retryable: true },
  /** 499 is what proxies log for a client that went away. */
  Cancelled: { rpc: null, http: 499, retryable: false },
  SidecarCrashed: { rpc: null, http: 503, retryable: true },
  Overloaded: { rpc: null, http: 503, retryable: true },
  UnknownError: { rpc: null, http: 500, retryable: false },
} as const satisfies Record<string, EngineErrorFacts>;

export type EngineErrorCode = keyof typeof engineErrors;

const codes = Object.keys(engineErrors).filter(isEngineErrorCode);

export const EngineErrorCodeSchema = z.enum(codes);

/** The codes as values: `EngineErrorCode.InvalidParams === 'InvalidParams'`. */
export const EngineErrorCode = /* @__PURE__ */ valuesOf(EngineErrorCodeSchema);

/** The code of a JSON-RPC error number; RuntimeError for a number that is not ours. */
export function engineErrorCodeFromRpc(rpc: number): EngineErrorCode {
  return codes.find((code) => engineErrors[code].rpc === rpc) ?? 'RuntimeError';
}

function valuesOf<Values>(schema: { enum: Values }): Values {
  return schema.enum;
}

function isEngineErrorCode(value: string): value is EngineErrorCode {
  return Object.hasOwn(engineErrors, value);
}
