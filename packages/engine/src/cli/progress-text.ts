import type { SetupProgress } from '../setup/progress.js';

const LONGEST_BAR = 20;
/** A shorter one shows nothing. */
const SHORTEST_BAR = 5;
/** What takes longer shows that it goes on. */
const QUIET_MS = 2000;
/** Bytes a second; below, an estimate of what is left means nothing. */
const SLOWEST = 1000;

/** Where a step was when it was first heard of. */
export interface StepStart {
  readonly at: number;
  readonly bytes: number;
}

/**
 * 'Downloading x  [######----] 42 %  113 MB of 269 MB  24 MB/s  0:07 left'
 * @param now milliseconds on the clock of `start`
 * @param width columns that it may take: the bar gives way first
 */
export function progressText(
  progress: SetupProgress,
  start: StepStart,
  now: number,
  width = Infinity,
): string {
  const text = textWith(LONGEST_BAR, progress, start, now);
  const room = LONGEST_BAR - Math.max(0, text.length - width);
  if (room === LONGEST_BAR) return text;
  return textWith(room < SHORTEST_BAR ? 0 : room, progress, start, now).slice(0, width);
}

function textWith(
  barWidth: number,
  progress: SetupProgress,
  start: StepStart,
  now: number,
): string {
  const { message, bytes, totalBytes } = progress;
  const elapsed = now - start.at;
  if (bytes === undefined) return elapsed < QUIET_MS ? message : `${message}  ${clock(elapsed)}`;
  const amount = totalBytes ? amountOf(bytes, totalBytes, barWidth) : megabytes(bytes);
  const seconds = elapsed / 1000;
  const speed = seconds > 0 ? (bytes - start.bytes) / seconds : 0;
  if (!totalBytes || bytes > totalBytes || speed < SLOWEST)
    return `${message}  ${amount}  ${clock(elapsed)}`;
  const left = Math.max(0, totalBytes - bytes) / speed;
  return `${message}  ${amount}  ${megabytes(speed)}/s  ${clock(left * 1000)} left`;
}

function amountOf(bytes: number, totalBytes: number, barWidth: number): string {
  // Temporary copies can exceed the total; only the end is 100 %.
  const share = Math.min(bytes / totalBytes, 0.99);
  const bar = '#'.repeat(Math.round(share * barWidth)).padEnd(barWidth, '-');
  const drawn = barWidth === 0 ? '' : `[${bar}] `;
  return `${drawn}${Math.floor(share * 100)} %  ${megabytes(Math.min(bytes, totalBytes))} of ${megabytes(totalBytes)}`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
