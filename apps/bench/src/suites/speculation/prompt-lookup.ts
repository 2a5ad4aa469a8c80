import { alternate, type Pair } from '../../measure/alternate.ts';
import { atLeast, type Bar, type Measurement } from '../../measure/measurement.ts';
import { jsonPrompt, renamePrompt } from '../../prompts/copies.ts';
import { rewritePrompt } from '../../prompts/rewrite.ts';
import { GREEDY, SAMPLED } from '../../prompts/settings.ts';
import { storyPrompt } from '../../prompts/story.ts';
import { sum } from '../../measure/statistics.ts';
import type { Benchmark } from '../benchmark.ts';
import { write, type Load, type Written } from './write.ts';

const rewrite = loadOf('rewrite', rewritePrompt, 1, 160);

/** With drafts and without: answers that copy what they are asked about, and free ones. */
export const promptLookup: readonly Benchmark[] = [
  withAndWithout(rewrite, 'a text written once more, greedy', atLeast(2)),
  withAndWithout(loadOf('free', storyPrompt, 1, 128), 'a free story, greedy', atLeast(0.97)),
  withAndWithout(
    loadOf('rewrite eight', rewritePrompt, 8, 96),
    '8 texts written once more, greedy',
    atLeast(0.97),
  ),
  ...[1, 4, 8].flatMap((streams) => kindsOf(streams)),
];

function kindsOf(streams: number): Benchmark[] {
  return ([GREEDY, SAMPLED] as const).flatMap((settings) => {
    const how = settings === GREEDY ? 'greedy' : 'sampled';
    const of = (kind: string, prompt: Load['prompt']): Benchmark =>
      withAndWithout(
        { ...loadOf(`${kind} ${streams} ${how}`, prompt, streams, 96), settings },
        `${kind}, ${how}`,
        atLeast(0.97),
      );
    return [of('code', renamePrompt), of('json', jsonPrompt), of('prose', storyPrompt)];
  });
}

function loadOf(name: string, prompt: Load['prompt'], streams: number, tokens: number): Load {
  return { name, prompt, streams, tokens, settings: GREEDY };
}

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
    note:
      `same text: ${texts.filter(Boolean).length} of ${texts.length}; ` +
      `drafted rightly: ${Math.round((100 * sum(pairs.map(({ ours }) => ours.accepted))) / pairs.length)} % of tokens`,
  };
}
