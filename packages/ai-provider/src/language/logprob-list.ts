import type { JSONObject } from '@ai-sdk/provider';
import type { ChosenLogprob, TokenLogprob } from '../engine.js';

const encoder = new TextEncoder();

/** The tokens of an answer as `providerMetadata` has them, the same over HTTP and in the same process. */
export class LogprobList {
  #entries: JSONObject[] | undefined;

  add(logprobs: readonly ChosenLogprob[] | undefined): void {
    if (!logprobs?.length) return;
    this.#entries ??= [];
    this.#entries.push(
      ...logprobs.map((chosen) => ({ ...toEntry(chosen), topLogprobs: chosen.top.map(toEntry) })),
    );
  }

  /** Undefined where none was told. */
  read(): JSONObject[] | undefined {
    return this.#entries;
  }
}

function toEntry({ text, logprob, bytes }: TokenLogprob) {
  return { token: text, logprob, bytes: bytes ?? [...encoder.encode(text)] };
}
