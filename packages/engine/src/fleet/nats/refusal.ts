import { EngineClientError } from '@mlx/schemas';

/** What NATS says where a user has no right to a subject. */
interface Violation extends Error {
  readonly operation: 'publish' | 'subscription';
  readonly subject: string;
}

export function isViolation(error: Error): error is Violation {
  return error.name === 'PermissionViolationError' && 'subject' in error;
}

/** The error of whoever waits for something that the server does not let happen. */
export function notAllowed(violation: Violation): EngineClientError {
  const { operation, subject } = violation;
  const act = operation === 'publish' ? 'publish' : 'subscribe';
  return new EngineClientError(
    'TransportError',
    `The NATS server does not let this user ${act} to ${subject}: its rights, or \`name\`, are others`,
    { cause: violation, retryable: false, details: { type: 'fleet_not_allowed', subject } },
  );
}
