import { createHash } from 'node:crypto';

const MAX_NAME_LENGTH = 64;
const DIGEST_LENGTH = 8;

export interface ToolName {
  readonly name: string;
  readonly namespace?: string | null | undefined;
}

/**
 * The one name by which the model knows a tool. Tools of a namespace carry it
 * in front, since two namespaces may have a tool of the same name.
 */
export function visibleName({ name, namespace }: ToolName): string {
  if (!namespace) return name;
  const whole = namespace.endsWith('__') ? namespace + name : `${namespace}__${name}`;
  if (whole.length <= MAX_NAME_LENGTH) return whole;
  const digest = createHash('sha256').update(whole).digest('hex').slice(0, DIGEST_LENGTH);
  return `${whole.slice(0, MAX_NAME_LENGTH - DIGEST_LENGTH - 1)}_${digest}`;
}
