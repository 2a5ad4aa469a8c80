import { setTimeout as pause } from 'node:timers/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import * as z from 'zod';
import type { PicturedServer } from './pictured-server.ts';
import { drawDashboard, type DrawnPanel } from './charts/draw-dashboard.ts';
import { readSeries } from './charts/read-series.ts';

const DASHBOARD = new URL('../../../packages/telemetry/grafana/mlx-serving.json', import.meta.url);
const WATCHED_SECONDS = 120;

const DashboardSchema = z.object({
  title: z.string(),
  panels: z.array(
    z.object({
      title: z.string(),
      gridPos: z.object({ h: z.number(), w: z.number(), x: z.number(), y: z.number() }),
      fieldConfig: z.object({ defaults: z.object({ unit: z.string() }) }),
      targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })),
    }),
  ),
});

/** The panels of the Grafana dashboard over what a real Prometheus scraped of a busy server. */
export async function dashboard(server: PicturedServer): Promise<string> {
  const { title, panels } = DashboardSchema.parse(JSON.parse(await readFile(DASHBOARD, 'utf8')));
  await using _clients = server.keepBusy(4);
  await using prometheus = await startPrometheus(new URL(server.url).host);
  await pause(WATCHED_SECONDS * 1000);
  const drawn = await Promise.all(
    panels.map(async ({ title: name, gridPos, fieldConfig, targets }): Promise<DrawnPanel> => {
      const read = targets.map((target) => readSeries(prometheus.url, target, WATCHED_SECONDS));
      const series = (await Promise.all(read)).flat();
      return { title: name, place: gridPos, unit: fieldConfig.defaults.unit, series };
    }),
  );
  return drawDashboard(title, drawn);
}

async function startPrometheus(
  target: string,
): Promise<AsyncDisposable & { readonly url: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'mlx-prometheus-'));
  const config = {
    global: { scrape_interval: '2s' },
    scrape_configs: [{ job_name: 'mlx', static_configs: [{ targets: [target] }] }],
  };
  // JSON is YAML, too.
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const address = `127.0.0.1:${await getPort()}`;
  const options = {
    'config.file': join(folder, 'prometheus.yml'),
    'storage.tsdb.path': join(folder, 'data'),
    'web.listen-address': address,
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const child = spawn(process.env['MLX_PROMETHEUS'] ?? 'prometheus', args, { stdio: 'ignore' });
  const ended = once(child, 'exit');
  return {
    url: `http://${address}`,
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
