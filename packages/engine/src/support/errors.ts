import { EngineClientError, isEngineClientError } from '@mlx/schemas';

/**
 * The error of an argument that is well formed but cannot be honoured; same shape as a validation
 * error. `type` tells programs what kind of fault it is.
 */
export function invalidParameter(field: string, message: string, type?: string): EngineClientError {
  const issue = { path: field.split('.'), message, code: 'custom' };
  return new EngineClientError(
    'InvalidParams',
    `Validation error on field '${field}': ${message}`,
    {
      details: { field, issues: [issue], ...(type === undefined ? {} : { type }) },
    },
  );
}

export function modelNotLoaded(id: string, loaded: readonly string[]): EngineClientError {
  const known = loaded.length === 0 ? 'none is loaded' : `loaded: ${loaded.join(', ')}`;
  return new EngineClientError(
    'ModelNotLoaded',
    `The model '${id}' is not loaded (${known}). Call loadModel first.`,
    { details: { model: id, loaded } },
  );
}

/** Where no model is named, and there is none to take. */
export function noModelLoaded(): EngineClientError {
  return new EngineClientError('ModelNotLoaded', 'No model is loaded. Call loadModel first.', {
    details: { loaded: [] },
  });
}

/** Where no model is named, and several are there to choose from. */
export function ambiguousModel(ids: readonly string[]): EngineClientError {
  return invalidParameter('model', `Name one of the loaded models: ${ids.join(', ')}`);
}

export function shuttingDown(): EngineClientError {
  return new EngineClientError('Overloaded', 'The engine is shutting down and takes no calls.', {
    details: { type: 'shutting_down' },
  });
}

/** What was thrown, as the one kind of error that callers know. */
export function toEngineError(thrown: unknown): EngineClientError {
  if (isEngineClientError(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new EngineClientError('UnknownError', message, { cause: thrown });
}
