import { alternate, type Pair } from '../../measure/alternate.ts';
import { atLeast, type Bar, type Measurement } from '../../measure/measurement.ts';
import { rewritePrompt } from '../../prompts/rewrite.ts';
import { storyPrompt } from '../../prompts/story.ts';
import type { Benchmark } from '../benchmark.ts';
import { write, type Load, type Written } from './write.ts';

const rewrite: Load = { name: 'rewrite', prompt: rewritePrompt, streams: 1, tokens: 160 };
const free: Load = { name: 'free', prompt: storyPrompt, streams: 1, tokens: 128 };
const eight: Load = { name: 'rewrite eight', prompt: rewritePrompt, streams: 8, tokens: 96 };

/** With drafts and without: an answer that copies its prompt, one that does not, eight that do. */
export const promptLookup: readonly Benchmark[] = [
  withAndWithout(rewrite, 'a text written once more, greedy', atLeast(2)),
  withAndWithout(free, 'a free story, greedy', atLeast(0.97)),
  withAndWithout(eight, '8 texts written once more, greedy', atLeast(0.97)),
];

/** The copying answer from both servers. */
export const rewritePeer: Benchmark = {
  id: 'rewrite-peer',
  async measure({ rounds, progress, contenders }) {
    const ours = await contenders.ours();
    const peer = await contenders.mlxLmServer();
    const pairs = await alternate('a text written once more', rounds, progress, {
      ours: (round) => write(ours.endpoint, rewrite, round),
      reference: (round) => write(peer.endpoint, rewrite, round),
    });
    const title = '1 stream, a text written once more, greedy: decoding';
    return [comparison('rewrite-peer', title, 'mlx_lm.server', atLeast(1.8), pairs)];
  },
};

function withAndWithout(load: Load, what: string, bar: Bar): Benchmark {
  const id = `lookup-${load.name.replaceAll(' ', '-')}`;
  const title = `${load.streams} stream${load.streams === 1 ? '' : 's'}, ${what}: decoding`;
  return {
    id,
    async measure({ rounds, progress, contenders }) {
      const { endpoint } = await contenders.ours();
      const pairs = await alternate(what, rounds, progress, {
        ours: (round) => write(endpoint, load, round),
        reference: (round) => write(endpoint, load, round, { prompt_lookup: false }),
      });
      return [comparison(id, title, 'our own without drafts', bar, pairs)];
    },
  };
}

function comparison(
  id: string,
  title: string,
  reference: string,
  bar: Bar,
  pairs: readonly Pair<Written>[],
): Measurement {
  const texts = pairs.flatMap(({ ours, reference: other }) =>
    ours.texts.map((text, index) => text === other.texts[index]),
  );
  return {
    kind: 'comparison',
    id,
    title,
    unit: 'tok/s',
    reference,
    bar,
    rounds: pairs.map((pair) => ({ ours: pair.ours.rate, reference: pair.reference.rate })),
    note: `same text: ${texts.filter(Boolean).length} of ${texts.length}`,
  };
}
