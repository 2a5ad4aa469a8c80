import type { MemoryTrend } from '../watch/memory-watch.ts';
import type { SoakReport } from './report.ts';

/** The report for people. */
export function reportText(report: SoakReport): string {
  const { held, memory, recipes } = report;
  const lines = [
    ['seed', String(report.seed)],
    ['duration', `${Math.round(report.seconds)} s`],
    ['load', `${report.concurrency} requests at once on ${report.models} processes`],
    ['requests', `${report.requests}: ${listing(report.outcomes)}`],
    ['faults', listing(report.injected) || 'none'],
    ['processes lost', `${report.lost}${recoveryText(report.recoveriesMs)}`],
    ['whole in spite of it', `${report.survived} requests`],
    ['texts compared', `${report.compared}, of ${recipes.steady} different answers`],
    ['heap of Node', trendText(memory.heap)],
    ['memory of Node', trendText(memory.node)],
    ['memory of sidecars', trendText(memory.sidecars)],
    ['held at first', listing({ ...held.calm })],
    ['held at last', listing({ ...held.rest })],
    ['complaints', String(report.faultCount)],
  ];
  const width = Math.max(...lines.map(([name = '']) => name.length));
  const table = lines.map(([name = '', value = '']) => `${name.padEnd(width)}  ${value}`);
  return [...table, ...report.faults.map((fault) => `  ${fault}`), ''].join('\n');
}

function listing(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .toSorted(([, left], [, right]) => right - left)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

function recoveryText(times: readonly number[]): string {
  if (times.length === 0) return '';
  const sorted = times.toSorted((left, right) => left - right);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const slowest = sorted.at(-1) ?? 0;
  return `, loaded again after ${Math.round(median)} ms (median), ${Math.round(slowest)} ms (slowest)`;
}

function trendText({ lastMiB, highestMiB, slopeMiBPerHour, samples }: MemoryTrend): string {
  const sizes = `${lastMiB.toFixed(1)} MiB at last, ${highestMiB.toFixed(1)} at most`;
  if (samples < 3) return sizes;
  return `${sizes}, slope ${slopeMiBPerHour.toFixed(1)} MiB/h over ${samples} samples`;
}
