import type { Progress } from '../soak.ts';

/** One line that is written over on a terminal; silent elsewhere. stdout belongs to the report. */
export function terminalProgress(): Progress {
  if (!process.stderr.isTTY) return () => undefined;
  return (message) => {
    process.stderr.write(`\r\u001b[K${message}`);
    if (message === '') process.stderr.write('\r');
  };
}
