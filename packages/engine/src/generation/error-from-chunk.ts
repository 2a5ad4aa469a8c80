import { EngineClientError, type ErrorChunk } from '@mlx/schemas';

/** The error that a stream's last chunk tells of. */
export function errorFromChunk({ error }: ErrorChunk): EngineClientError {
  const { code, message, ...facts } = error;
  return new EngineClientError(code, message, facts);
}
