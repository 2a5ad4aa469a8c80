import { isEngineClientError, zodErrorToEngineError } from '@mlx/schemas';
import type { EngineClientError } from '@mlx/schemas';
import { InitializeResultSchema, WIRE_PROTOCOL_VERSION } from '@mlx/schemas/wire';
import type { WireResult } from '@mlx/schemas/wire';
import type { Connection } from '../connection/connection.js';
import { protocolViolation, versionMismatch } from '../errors/transport.js';
import type { ResolvedSidecarOptions } from './sidecar-options.js';

/** Exchanges versions; rejects when the two sides cannot understand each other. */
export async function shakeHands(
  connection: Connection,
  { client, heartbeatIntervalMs }: ResolvedSidecarOptions,
): Promise<WireResult<'initialize'>> {
  const answer = await ask(connection, client, heartbeatIntervalMs);
  if (answer.protocolVersion !== WIRE_PROTOCOL_VERSION) {
    throw versionMismatch(WIRE_PROTOCOL_VERSION, String(answer.protocolVersion));
  }
  const checked = InitializeResultSchema.safeParse(answer);
  if (checked.success) return checked.data;
  throw protocolViolation(
    `Malformed answer to 'initialize': ${zodErrorToEngineError(checked.error).message}`,
  );
}

async function ask(
  connection: Connection,
  client: ResolvedSidecarOptions['client'],
  heartbeatIntervalMs: number,
): Promise<{ protocolVersion: number }> {
  try {
    return await connection.request(
      'initialize',
      { protocolVersion: WIRE_PROTOCOL_VERSION, client, heartbeatIntervalMs },
      // The startup deadline, which frames extend, watches over this call.
      { timeoutMs: Number.POSITIVE_INFINITY },
    );
  } catch (error) {
    throw isVersionRefusal(error) ? refusal(error) : error;
  }
}

function isVersionRefusal(error: unknown): error is EngineClientError {
  const details = isEngineClientError(error) ? error.details : undefined;
  return (details as { type?: unknown } | undefined)?.type === 'protocol_version_mismatch';
}

/** The sidecar found the mismatch: its message says which version it speaks. */
function refusal(error: EngineClientError): EngineClientError {
  return versionMismatch(WIRE_PROTOCOL_VERSION, `another version (${error.message})`, error);
}
