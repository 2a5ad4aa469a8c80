import type {
  LanguageModelV4Content,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider';
import { toFinish } from './to-finish.js';

type Part = LanguageModelV4StreamPart;
type Ended = Pick<
  LanguageModelV4GenerateResult,
  'content' | 'finishReason' | 'usage' | 'providerMetadata' | 'response'
>;

/** Puts the parts of an answer together. */
export class Collector {
  readonly #content: LanguageModelV4Content[] = [];
  #response: LanguageModelV4GenerateResult['response'];
  #finish: Extract<Part, { type: 'finish' }> | undefined;

  add(part: Part): void {
    const { type } = part;
    if (type === 'text-start') this.#content.push({ type: 'text', text: '' });
    else if (type === 'reasoning-start') this.#content.push({ type: 'reasoning', text: '' });
    else if (type === 'text-delta' || type === 'reasoning-delta') this.#append(part.delta);
    else if (type === 'tool-call') this.#content.push(part);
    else if (type === 'finish') this.#finish = part;
    else if (type === 'response-metadata') {
      const { id, timestamp, modelId } = part;
      this.#response = { id, timestamp, modelId };
    }
  }

  end(): Ended {
    const { finishReason, usage, providerMetadata } =
      this.#finish ?? toFinish({ type: 'interrupted' }, { seed: undefined, logprobs: undefined });
    return {
      content: this.#content,
      finishReason,
      usage,
      ...(providerMetadata === undefined ? {} : { providerMetadata }),
      ...(this.#response === undefined ? {} : { response: this.#response }),
    };
  }

  /** Parts of one block follow one another. */
  #append(delta: string): void {
    const last = this.#content.at(-1);
    if (last?.type === 'text' || last?.type === 'reasoning') last.text += delta;
  }
}
