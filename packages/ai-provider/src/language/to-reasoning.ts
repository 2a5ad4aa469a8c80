import type { LanguageModelV4CallOptions, SharedV4Warning } from '@ai-sdk/provider';
import type { GenerationRequest } from './generation-request.js';
import { compatibility } from './warnings.js';

/** How much the model is asked to think. */
export function toReasoning(
  asked: LanguageModelV4CallOptions['reasoning'],
  warnings: SharedV4Warning[],
): GenerationRequest['reasoning'] {
  if (asked === undefined || asked === 'provider-default') return undefined;
  if (asked !== 'max') return { effort: asked };
  warnings.push(
    compatibility('reasoning', "'xhigh' is the highest effort; it is taken for 'max'."),
  );
  return { effort: 'xhigh' };
}
