import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ServerStats } from '@mlx/schemas/endpoints';
import { runCli } from '../../src/cli/run-cli.js';
import { createHandler, listen } from '../../src/index.js';
import { ratesBetween } from '../../src/top/rates.js';
import { topLines } from '../../src/top/table.js';
import { fakeEngine, FAKE_MODEL } from '../support/fake-engine.js';

// Real processes are started and lost, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

let printed: string[];
let complained: string[];

beforeEach(() => {
  printed = [];
  complained = [];
  vi.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    complained.push(String(text));
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

it('prints one table where there is no terminal, and JSON for programs', async () => {
  const engine = await fakeEngine({});
  await engine.generate({ model: FAKE_MODEL, prompt: 'Hi', maxTokens: 7 });
  const handler = createHandler(engine, { apiKey: 'key' });
  await using server = await listen(handler, { host: '127.0.0.1', port: 0 });
  const port = new URL(server.url).port;
  const run = (...more: string[]) => runCli(['node', 'mlx-serve', 'top', '--port', port, ...more]);

  expect(await run()).toBe(1);
  expect(complained.join('')).toContain('set the environment variable MLX_API_KEY');
  vi.stubEnv('MLX_API_KEY', 'key');
  expect(await run('--json')).toBe(0);
  expect(JSON.parse(printed.join('\n'))).toMatchObject({
    active_requests: 0,
    models: [
      {
        id: FAKE_MODEL,
        state: 'ready',
        weight_bytes: 4,
        restarts: 0,
        process: {
          requests: { finished: 1 },
          tokens: { generated: 7 },
          kv_cache: { used_bytes: 0 },
        },
      },
    ],
  });
  printed = [];
  expect(await run()).toBe(0);
  expect(printed.join('\n')).toMatch(/^up \d+ s, 0 requests under way\n\nMODEL +STATE +RUN +WAIT/);
  expect(printed.join('\n')).toMatch(/\nfake +ready +0 +0 +0\.0/);
});

it('says so when nothing answers', async () => {
  expect(await runCli(['node', 'mlx-serve', 'top', '--url', 'http://127.0.0.1:1'])).toBe(1);
  expect(complained.join('')).toContain('No server answers at http://127.0.0.1:1');
});

it('says so when something else answers', async () => {
  const page = { fetch: async () => new Response('<h1>Hello</h1>'), activeRequests: 0 };
  await using other = await listen(
    { ...page, drain: async () => {} },
    { host: '127.0.0.1', port: 0 },
  );
  expect(await runCli(['node', 'mlx-serve', 'top', '--url', other.url])).toBe(1);
  expect(complained.join('')).toContain('is no mlx-serve that tells of itself. Name the right');
});

it('tells tokens per second between two looks, also across a restart', () => {
  const rate = (before: number, now: number) => {
    const looks = [look(0, before), look(2000, now)] as const;
    return ratesBetween(...looks).get('m')?.generated;
  };
  expect(rate(100, 300)).toBe(100);
  expect(rate(300, 20)).toBe(0);
  expect(ratesBetween(undefined, look(0, 5)).get('m')?.generated).toBe(0);
});

it('keeps its columns apart, whatever the model is called', () => {
  const lines = topLines(look(0, 5, 'a/very-long-name-of-a-model-4bit').stats, new Map());
  expect(lines[3]).toContain('a/very-long-name-of-a-model-4bit  loading');
  expect(lines[2]?.indexOf('STATE')).toBe(lines[3]?.indexOf('loading'));
});

function look(at: number, generated: number, id = 'm'): { at: number; stats: ServerStats } {
  const tokens = { prefilled: 0, reused: 0, generated, drafted: 0, accepted: 0 };
  const none = { active_bytes: 0, peak_bytes: 0, resident_bytes: 0 };
  const process = {
    requests: { admitted: 0, finished: 0, cancelled: 0, failed: 0 },
    rows: { queued: 0, prefilling: 0, decoding: 0, paused: 0 },
    tokens,
    mean_batch_size: 0,
    prefix_cache: { entries: 0, bytes: 0, hits: 0, misses: 0, hit_rate: 0 },
    kv_cache: { used_bytes: 0 },
    memory: none,
  };
  return {
    at,
    stats: { uptime: 5, active_requests: 0, models: [{ id, state: 'loading', process }] },
  };
}
