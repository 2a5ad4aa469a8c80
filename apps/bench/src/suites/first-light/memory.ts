import { together } from '../../client/together.ts';
import { SAMPLED } from '../../prompts/settings.ts';
import { storyRequests } from '../concurrent.ts';
import type { Benchmark } from '../benchmark.ts';

/** Resident memory of the server's Node process while it serves sixteen streams. */
export const memory: Benchmark = {
  id: 'node-memory',
  async measure({ rounds, progress, contenders }) {
    const ours = await contenders.ours();
    const values: number[] = [];
    for (let round = 0; round < rounds; round++) {
      progress(`memory while serving: round ${round + 1} of ${rounds}`);
      const load = { name: 'memory', streams: 16, tokens: 16, settings: SAMPLED };
      const serving = together(ours.endpoint, storyRequests(load, round));
      const during = await ours.inspect();
      await serving;
      const after = await ours.inspect();
      values.push(Math.max(during.node.residentBytes, after.node.residentBytes) / 2 ** 20);
    }
    return [
      {
        kind: 'reading',
        id: 'node-memory',
        title: 'resident memory of the Node process while it serves 16 streams',
        unit: 'MiB',
        values,
      },
    ];
  },
};
