import type { LoadedConfig } from '@mlx/config';
import type { LoggingConfig } from '@mlx/schemas';

/** What was asked for; where nothing was, people on a terminal get lines that they can read. */
export function logFormatOf({ config, origins }: LoadedConfig): LoggingConfig['format'] {
  const { format, destination } = config.logging;
  const asked = (origins.get('logging.format')?.layer ?? 'default') !== 'default';
  if (asked) return format;
  const stream = destination === 'stdout' ? process.stdout : process.stderr;
  return ['stdout', 'stderr'].includes(destination) && stream.isTTY ? 'pretty' : format;
}
