import { createHash } from 'node:crypto';

/** Longer names of users are told apart by their digest. */
const MAX_LENGTH = 200;

/**
 * Whose request it is, of `metadata.user_id`. Some clients put the session
 * into it, as a field of JSON or behind the user's name; what sessions of one
 * user have in common is shared all the same.
 */
export function tenantOf(userId: string | null | undefined): string | undefined {
  if (userId === null || userId === undefined) return undefined;
  const user = withoutSession(userId);
  if (user.length <= MAX_LENGTH) return user;
  return createHash('sha256').update(user).digest('hex');
}

function withoutSession(userId: string): string {
  const fields = jsonObject(userId);
  if (fields === undefined) return userId.replace(/_session_[\w-]+$/, '');
  const kept = fields.filter(([name]) => !name.includes('session'));
  return JSON.stringify(Object.fromEntries(kept));
}

function jsonObject(text: string): [string, unknown][] | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return Object.entries(JSON.parse(text));
  } catch {
    return undefined;
  }
}
