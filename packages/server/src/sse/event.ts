import { oneLine } from '../http/one-line.js';

/** One server-sent event; `name` is for clients that listen by event type. */
export function sseEvent(value: object, name?: string): string {
  const data = `data: ${oneLine(value)}\n\n`;
  return name === undefined ? data : `event: ${name}\n${data}`;
}
