import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import { harnessPython } from '../../environment/harness-environment.ts';
import { atMost } from '../../measure/measurement.ts';
import type { Benchmark } from '../benchmark.ts';

const SCRIPT = fileURLToPath(new URL('../../../python/harness/compare.py', import.meta.url));

const ComparisonSchema = z.object({
  texts: z.number(),
  largest_difference: z.number(),
  greedy_differs: z.number(),
  metrics: z.record(z.string(), z.tuple([z.number(), z.number()])),
});

/** lm-evaluation-harness through our server beside the same task with mlx-lm itself. */
export const harness: Benchmark = {
  id: 'harness',
  async measure({ contenders, progress }) {
    const { python, env, modelDirectory } = contenders.environment;
    const { endpoint } = await contenders.ours();
    const { origin, model } = endpoint;
    progress('lm-evaluation-harness: setting its environment up');
    const evaluating = await harnessPython({ python, env, modelDirectory });
    const home = await mkdtemp(join(tmpdir(), 'mlx-bench-hub-'));
    try {
      const { stdout } = await promisify(execFile)(
        evaluating,
        [SCRIPT, origin, model, modelDirectory],
        { cwd: dirname(SCRIPT), env: { ...process.env, ...OFFLINE, HF_HOME: home } },
      );
      const [last = ''] = stdout.trim().split('\n').slice(-1);
      return readings(ComparisonSchema.parse(JSON.parse(last)));
    } finally {
      await rm(home, { recursive: true });
    }
  },
};

/** The task and its data are files; nothing is asked of a hub. */
const OFFLINE = { HF_HUB_OFFLINE: '1', HF_DATASETS_OFFLINE: '1', OPENAI_API_KEY: 'none' };

function readings({ texts, metrics, ...found }: z.infer<typeof ComparisonSchema>) {
  const reading = (id: string, title: string, bar: number, value: number) =>
    ({
      kind: 'reading',
      id,
      title: `lm-evaluation-harness, ${texts} texts, ours and mlx-lm’s own: ${title}`,
      unit: '',
      bar: atMost(bar),
      values: [value],
    }) as const;
  return [
    reading('log-probabilities', 'largest difference', 0.001, found.largest_difference),
    reading('greedy', 'likeliest texts that differ', 0, found.greedy_differs),
    ...Object.entries(metrics).map(([name, [ours, own]]) =>
      reading(`metric-${name}`, `difference of ${name} (${own})`, 0.001, Math.abs(ours - own)),
    ),
  ];
}
