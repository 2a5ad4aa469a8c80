import { engineErrors, type EngineErrorCode } from './table.js';

/** Shared by every copy of this package in a process, so errors of all of them are recognised. */
const marker = Symbol.for('mlx.engine-client-error');

export interface EngineClientErrorOptions {
  readonly cause?: unknown;
  /** Facts for programs, such as the field at fault. */
  readonly details?: unknown;
  /** Overrides what the table says of the code. */
  readonly retryable?: boolean;
}

/** The one error that all packages throw on purpose. Test with `isEngineClientError`. */
export class EngineClientError extends Error {
  readonly code: EngineErrorCode;
  readonly retryable: boolean;
  readonly details: unknown;

  constructor(code: EngineErrorCode, message: string, options: EngineClientErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'EngineClientError';
    this.code = code;
    this.retryable = options.retryable ?? engineErrors[code].retryable;
    this.details = options.details;
    Object.defineProperty(this, marker, { value: true });
  }

  /** HTTP status of a response that reports this error. */
  get httpStatus(): number {
    return engineErrors[this.code].http;
  }

  /** JSON-RPC error number; null for conditions that never cross the wire. */
  get rpcCode(): number | null {
    return engineErrors[this.code].rpc;
  }
}

/** True for errors of any copy of this package, where `instanceof` knows only its own. */
export function isEngineClientError(value: unknown): value is EngineClientError {
  return typeof value === 'object' && value !== null && Reflect.get(value, marker) === true;
}
