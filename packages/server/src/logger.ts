import type { LoggingConfig } from '@mlx/schemas';
import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { followMoves } from './log/follow-moves.js';
import { prettyLine } from './log/pretty-line.js';

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

const CLEAR_LINE = '\r\u001B[K';

const descriptors: Readonly<Record<string, number>> = { stdout: 1, stderr: 2 };

/** A logger as the `logging` section of the configuration asks for it. */
export function createLogger({ level, format, destination }: LoggingConfig): PinoLogger {
  const target = pino.destination({
    dest: descriptors[destination] ?? destination,
    // Log lines are few; none may be lost when the process is ended.
    sync: true,
    mkdir: true,
  });
  if (!(destination in descriptors)) followMoves(target, destination);
  const settings = {
    level,
    redact: ['apiKey', 'authorization', '*.authorization', '*.apiKey', 'headers', '*.headers'],
  };
  return pino(settings, format === 'json' ? target : pretty(target, destination));
}

/** One readable entry after the other; on a terminal with colours, and in place of a progress line. */
function pretty(target: DestinationStream, destination: string): DestinationStream {
  const colours = showsColours(destination);
  const clear = terminals[destination]?.isTTY === true ? CLEAR_LINE : '';
  return { write: (line) => target.write(`${clear}${prettyLine(line, colours)}\n`) };
}

/** `NO_COLOR` and `FORCE_COLOR` are honoured. */
function showsColours(destination: string): boolean {
  const stream = terminals[destination];
  return stream?.isTTY === true && stream.hasColors();
}

const terminals: Readonly<Record<string, NodeJS.WriteStream>> = {
  stdout: process.stdout,
  stderr: process.stderr,
};
