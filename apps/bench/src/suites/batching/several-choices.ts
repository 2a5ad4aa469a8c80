import { streamCompletion } from '../../client/stream-completion.ts';
import { atMost } from '../../measure/measurement.ts';
import { longText } from '../../prompts/long-text.ts';
import type { Benchmark } from '../benchmark.ts';

const CHOICES = 4;

/** `n` answers to one prompt read the prompt once, by the sidecar's own counter. */
export const severalChoices: Benchmark = {
  id: 'several-choices',
  async measure({ rounds, progress, contenders }) {
    const ours = await contenders.ours();
    const values: number[] = [];
    let promptTokens = 0;
    for (let round = 0; round < rounds; round++) {
      progress(`n = ${CHOICES}: round ${round + 1} of ${rounds}`);
      const before = await ours.inspect();
      const record = await streamCompletion(ours.endpoint, {
        messages: [{ role: 'user', content: longText(`choices ${round}`, 400) }],
        max_tokens: 8,
        temperature: 0.7,
        n: CHOICES,
      });
      const after = await ours.inspect();
      promptTokens = record.usage.promptTokens;
      values.push((after.batch.tokens.prefilled - before.batch.tokens.prefilled) / promptTokens);
    }
    return [
      {
        kind: 'reading',
        id: 'several-choices',
        title: `n = ${CHOICES}: prompt tokens computed per prompt token`,
        unit: 'x',
        bar: atMost(1.02),
        values,
        note: `prompt of ${promptTokens} tokens; the last one is read once per answer`,
      },
    ];
  },
};
