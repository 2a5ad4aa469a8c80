import type { LoggingConfig } from '@mlx/schemas';
import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';

interface LogMethods {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The part of pino that the server uses, so that any logger of that shape fits. */
export interface Logger extends LogMethods {
  child(fields: Record<string, unknown>): Logger;
}

const descriptors: Readonly<Record<string, number>> = { stdout: 1, stderr: 2 };

/** A logger as the `logging` section of the configuration asks for it. */
export function createLogger({ level, format, destination }: LoggingConfig): PinoLogger {
  const target = pino.destination({
    dest: descriptors[destination] ?? destination,
    // Log lines are few; none may be lost when the process is ended.
    sync: true,
    mkdir: true,
  });
  const settings = { level, redact: ['apiKey', 'authorization', '*.authorization'] };
  return pino(settings, format === 'json' ? target : pretty(target));
}

/** One readable line per entry: time, level, message and what else was logged. */
function pretty(target: DestinationStream): DestinationStream {
  return { write: (line) => target.write(`${prettyLine(line)}\n`) };
}

export function prettyLine(line: string): string {
  const entry: Record<string, unknown> = JSON.parse(line);
  const { time, level, msg, pid: _pid, hostname: _hostname, ...fields } = entry;
  const clock = new Date(Number(time)).toTimeString().slice(0, 8);
  const name = pino.levels.labels[Number(level)] ?? 'info';
  const details = Object.entries(fields).map(([key, value]) => `${key}=${readable(value)}`);
  return [clock, name.padEnd(5), msg, ...details].join(' ');
}

function readable(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
