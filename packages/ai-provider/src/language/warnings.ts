import type { SharedV4Warning } from '@ai-sdk/provider';

export function unsupported(feature: string, details?: string): SharedV4Warning {
  return { type: 'unsupported', feature, ...(details === undefined ? {} : { details }) };
}

export function compatibility(feature: string, details: string): SharedV4Warning {
  return { type: 'compatibility', feature, details };
}
