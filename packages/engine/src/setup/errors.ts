import { EngineClientError, cancelledError } from '@mlx/schemas';

/** Why set-up stopped; programs read it from `error.details.reason`. */
export type SetupFailureReason =
  | 'backend-unknown'
  | 'checksums-failed'
  | 'disk-full'
  | 'download-changed'
  | 'environment-missing'
  | 'index-unreachable'
  | 'install-failed'
  | 'lock-failed'
  | 'no-build-for-machine'
  | 'not-writable'
  | 'platform-unsupported'
  | 'python-missing'
  | 'runtime-files-missing';

/** Why a model cannot be had or must not be loaded. */
export type ModelFailureReason =
  | 'hub-access-denied'
  | 'hub-failed'
  | 'hub-unreachable'
  | 'model-changed'
  | 'model-incomplete'
  | 'model-not-found'
  | 'model-refused';

/** Set-up of the Python side failed; the message is one line that says what to do. */
export function setupError(reason: SetupFailureReason, message: string, cause?: unknown) {
  return new EngineClientError('RuntimeError', message, { cause, details: { reason } });
}

export function modelError(reason: ModelFailureReason, message: string, cause?: unknown) {
  return new EngineClientError('ModelLoadError', message, { cause, details: { reason } });
}

export const setupCancelled = ({ reason }: AbortSignal) =>
  cancelledError(reason, 'Set-up was cancelled');
