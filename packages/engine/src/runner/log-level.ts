import type { RuntimeConfig } from '@mlx/schemas/config';

type RuntimeLevel = 'debug' | 'info' | 'warn' | 'error';

/** The runtime's levels are fewer; nothing that the configuration lets through is lost. */
export function toRuntimeLevel(level: RuntimeConfig['logging']['level']): RuntimeLevel {
  switch (level) {
    case 'trace':
    case 'debug':
      return 'debug';
    case 'info':
    case 'warn':
      return level;
    case 'error':
    case 'fatal':
    case 'silent':
      return 'error';
    default:
      return level satisfies never;
  }
}
