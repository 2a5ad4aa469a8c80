import type { GeneratorParams } from '@mlx/schemas';
import type { OllamaOptions } from '@mlx/schemas/ollama';
import type { BodyReader } from '../fields/body-reader.js';
import { unsupported } from '../http/parse-body.js';

/** Ollama's word for a window that is the whole context, as it always is here. */
const WHOLE_CONTEXT = -1;

/** The sampling options in the engine's terms; what is off is left out. */
export function toOptions(
  options: OllamaOptions | null | undefined,
  reader: BodyReader,
): Partial<GeneratorParams> {
  if (!options) return {};
  checkPenaltyWindow(options, reader);
  const { num_predict: maxTokens = 0, seed, stop, top_k: topK } = options;
  return {
    ...present('frequencyPenalty', options.frequency_penalty),
    ...present('minP', options.min_p),
    ...present('presencePenalty', options.presence_penalty),
    ...present('repetitionPenalty', options.repeat_penalty),
    ...present('temperature', options.temperature),
    ...present('topP', options.top_p),
    ...(typeof topK === 'number' ? { topK: Math.max(0, topK) } : {}),
    ...(typeof seed === 'number' && seed >= 0 ? { seed } : {}),
    ...(stop?.length ? { stopSequences: stop } : {}),
    ...(maxTokens && maxTokens > 0 ? { maxTokens } : {}),
  };
}

function present(name: keyof GeneratorParams, value: number | null | undefined) {
  return value === null || value === undefined ? {} : { [name]: value };
}

/** The penalty looks at all tokens; a window asks for something only beside a penalty. */
function checkPenaltyWindow(
  { repeat_last_n: window, repeat_penalty: penalty }: OllamaOptions,
  reader: BodyReader,
): void {
  if (window === null || window === undefined || window === WHOLE_CONTEXT) return;
  if (penalty === null || penalty === undefined || penalty === 1) {
    reader.ignore('options.repeat_last_n');
    return;
  }
  throw unsupported('options.repeat_last_n', 'Use -1: the penalty looks at the whole context.');
}
