import type { LanguageModelV4CallOptions, SharedV4Warning } from '@ai-sdk/provider';
import type { Structured } from './generation-request.js';
import { unsupported } from './warnings.js';

/** The form that the answer is held to while it is written. */
export function toStructured(
  format: LanguageModelV4CallOptions['responseFormat'],
  warnings: SharedV4Warning[],
): Structured | undefined {
  if (format?.type !== 'json') return undefined;
  for (const name of ['name', 'description'] as const) {
    if (format[name] === undefined) continue;
    warnings.push(unsupported(`responseFormat.${name}`, 'The model is not shown it.'));
  }
  const schema = (format.schema ?? { type: 'object' }) as Record<string, unknown>;
  return { format: 'json', schema };
}
