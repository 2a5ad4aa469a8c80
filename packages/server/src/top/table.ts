import type { ServerStats } from '@mlx/schemas/endpoints';
import type { ModelRates } from './rates.js';

const HEADINGS = [
  'MODEL',
  'STATE',
  'RUN',
  'WAIT',
  'TOK/S',
  'PROMPT/S',
  'BATCH',
  'CACHE HITS',
  'KV',
  'WEIGHTS',
  'MEMORY',
  'RESTARTS',
];
const NOTHING = '-';

/** A server at a glance, as lines. */
export function topLines(stats: ServerStats, rates: ReadonlyMap<string, ModelRates>): string[] {
  const rows = stats.models.map((model) => cells(model, rates.get(model.id)));
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const head = `up ${duration(stats.uptime)}, ${stats.active_requests} requests under way`;
  return [head, '', line(HEADINGS), ...rows.map(line)];
}

function cells(model: ServerStats['models'][number], rates: ModelRates | undefined): string[] {
  const { id, state, process, weight_bytes: weightBytes, restarts = 0 } = model;
  if (process === undefined) {
    return [id, state, ...HEADINGS.slice(2, -1).map(() => NOTHING), String(restarts)];
  }
  const { rows, memory, prefix_cache: prefixes, kv_cache: kv } = process;
  return [
    id,
    state,
    String(rows.prefilling + rows.decoding),
    String(rows.queued),
    (rates?.generated ?? 0).toFixed(1),
    (rates?.prefilled ?? 0).toFixed(1),
    process.mean_batch_size.toFixed(1),
    `${Math.round(prefixes.hit_rate * 100)}%`,
    kv.limit_bytes
      ? `${Math.round((100 * kv.used_bytes) / kv.limit_bytes)}%`
      : bytes(kv.used_bytes),
    weightBytes === undefined ? NOTHING : bytes(weightBytes),
    bytes(memory.resident_bytes),
    String(restarts),
  ];
}

function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const unit = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, count)) / 10));
  return `${(count / 1024 ** unit).toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`;
}

function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return `${Math.floor(seconds)} s`;
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
