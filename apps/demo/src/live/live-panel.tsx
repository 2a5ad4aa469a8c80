import { Sheet } from '../layout/sheet.js';
import { Chart } from './chart.js';
import { useLiveStats, type Sample } from './use-live-stats.js';

/** What the server is doing, by the second. */
export function LivePanel({ onClose }: { readonly onClose: () => void }) {
  const { samples, problem } = useLiveStats();
  return (
    <Sheet title="Live" className="sheet" onClose={onClose}>
      <div className="live">
        {problem && <p role="alert">{problem}</p>}
        {CHARTS.map(({ title, pick, format }) => (
          <Chart key={title} title={title} values={samples.map(pick)} format={format} />
        ))}
        <p className="field-hint">All requests to this server, the last minute.</p>
      </div>
    </Sheet>
  );
}

interface ChartText {
  readonly title: string;
  readonly pick: (sample: Sample) => number;
  readonly format: (value: number) => string;
}

const bytes = (value: number): string =>
  value < 1e9 ? `${(value / 2 ** 20).toFixed(0)} MiB` : `${(value / 2 ** 30).toFixed(1)} GiB`;

const CHARTS: readonly ChartText[] = [
  {
    title: 'Tokens per second',
    pick: ({ tokensPerSecond }) => tokensPerSecond,
    format: (value) => value.toFixed(1),
  },
  { title: 'Running requests', pick: ({ running }) => running, format: String },
  { title: 'Waiting requests', pick: ({ queued }) => queued, format: String },
  {
    title: 'Prompt tokens from the prefix cache',
    pick: ({ reused }) => reused,
    format: (value) => `${Math.round(value * 100)} %`,
  },
  { title: 'Memory', pick: ({ memoryBytes }) => memoryBytes, format: bytes },
  { title: 'Prefix cache', pick: ({ cacheBytes }) => cacheBytes, format: bytes },
];
