import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { RuntimeConfigSchema } from '@mlx/schemas';
import getPort from 'get-port';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createHandler, listen } from '../../src/index.js';
import { serveMetrics } from '../../src/serve/serve-metrics.js';
import { fakeEngine, FAKE_MODEL } from '../support/fake-engine.js';
import { post } from '../support/requests.js';

/** A real Prometheus, with promtool beside it; docs/OBSERVABILITY.md says how to get one without being root. */
const prometheus = process.env['MLX_PROMETHEUS'];
const telemetry = fileURLToPath(new URL('../../../telemetry/', import.meta.url));
const TIMEOUT_MS = 60_000;

it.skipIf(prometheus === undefined)(
  'a real Prometheus scrapes the main port with the key, and reads dashboards, and rules that fire when they should',
  { timeout: TIMEOUT_MS },
  async () => {
    const engine = await fakeEngine({});
    await using metrics = await serveMetrics(engine, RuntimeConfigSchema.parse({}));
    const exposition = () => metrics.exposition();
    const handler = createHandler(engine, { apiKey: 'key', metrics: exposition });
    await using server = await listen(handler, { host: '127.0.0.1', port: 0 });
    const body = { model: FAKE_MODEL, prompt: 'Hi', max_tokens: 42 };
    await handler.fetch(post('/v1/completions', body, { authorization: 'Bearer key' }));

    const promtool = join(dirname(prometheus ?? ''), 'promtool');
    const alerts = join(telemetry, 'prometheus/alerts.yaml');
    await promisify(execFile)(promtool, ['check', 'rules', alerts]);
    await promisify(execFile)(promtool, [
      'test',
      'rules',
      join(telemetry, 'test/alerts-fire.yaml'),
    ]);

    const url = await startPrometheus(new URL(server.url).host, alerts);
    const ask = async (expression: string): Promise<QueryAnswer> => {
      const asked = `${url}/api/v1/query?query=${encodeURIComponent(expression)}`;
      return (await (await fetch(asked)).json()) as QueryAnswer;
    };
    const query = async (expression: string): Promise<string | undefined> =>
      (await ask(expression)).data?.result[0]?.value[1];
    await vi.waitFor(
      async () => expect(await query('sum(mlx_generation_tokens_total)')).toBe('42'),
      { timeout: TIMEOUT_MS / 2, interval: 500 },
    );
    expect(await query('sum(mlx_inter_token_latency_seconds_count)')).toBe('41');
    expect(await query('up{job="mlx"}')).toBe('1');
    for (const expression of dashboardQueries()) {
      expect(await ask(expression)).toMatchObject({ status: 'success' });
    }
  },
);

function dashboardQueries(): string[] {
  const text = readFileSync(join(telemetry, 'grafana/mlx-serving.json'), 'utf8');
  const { panels } = JSON.parse(text) as { panels: { targets: { expr: string }[] }[] };
  return panels.flatMap(({ targets }) =>
    targets.map(({ expr }) =>
      expr.replaceAll('$__rate_interval', '5m').replaceAll('$model', FAKE_MODEL),
    ),
  );
}

interface QueryAnswer {
  readonly status: string;
  readonly data?: { readonly result: readonly { readonly value: [number, string] }[] };
}

async function startPrometheus(target: string, alerts: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  const config = join(folder, 'prometheus.yml');
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: '1s' },
      rule_files: [alerts],
      scrape_configs: [
        {
          job_name: 'mlx',
          authorization: { credentials: 'key' },
          static_configs: [{ targets: [target] }],
        },
      ],
    }),
  );
  const address = `127.0.0.1:${await getPort()}`;
  const child = spawn(
    prometheus ?? '',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
    ],
    { stdio: 'ignore' },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const url = `http://${address}`;
  await vi.waitFor(async () => expect((await fetch(`${url}/-/ready`)).ok).toBe(true), {
    timeout: TIMEOUT_MS / 2,
    interval: 200,
  });
  return url;
}
