import { randomUUID } from 'node:crypto';

/** What an identifier names; OpenAI's clients tell items apart by it. */
type Prefix = 'resp' | 'msg' | 'rs' | 'fc' | 'ctc' | 'fco' | 'ctco';

export function newId(prefix: Prefix): string {
  return `${prefix}_${randomUUID().replaceAll('-', '')}`;
}
