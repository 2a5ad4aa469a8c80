import type { SharedV4Warning } from '@ai-sdk/provider';
import type { MlxEngine } from '../engine.js';
import type { GenerationRequest } from '../language/generation-request.js';
import { compatibility, unsupported } from '../language/warnings.js';

/** The SDK's `reasoning` is a wish for any model: one that cannot be asked for it is told of in `warnings`. */
export async function fitReasoning(
  engine: MlxEngine,
  request: GenerationRequest,
  warnings: SharedV4Warning[],
): Promise<GenerationRequest> {
  const { reasoning, model } = request;
  const effort = reasoning?.effort;
  if (effort === undefined) return request;
  const { reasoningOptions } = await engine.capabilities(model);
  if (reasoningOptions.includes('effort')) return request;
  const { effort: _, ...others } = reasoning ?? {};
  if (reasoningOptions.includes('enabled')) {
    if (effort !== 'none') {
      const details = `'${model}' thinks or does not; it is asked to think.`;
      warnings.push(compatibility('reasoning', details));
    }
    return { ...request, reasoning: { enabled: effort !== 'none', ...others } };
  }
  if (effort !== 'none' || reasoningOptions.length > 0) {
    warnings.push(unsupported('reasoning', `'${model}' cannot be asked how much to think.`));
  }
  const { reasoning: _all, ...rest } = request;
  return Object.keys(others).length === 0 ? rest : { ...rest, reasoning: others };
}
