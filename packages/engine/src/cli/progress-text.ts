import type { SetupProgress } from '../setup/progress.js';

const barWidth = 20;
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
 */
export function progressText(progress: SetupProgress, start: StepStart, now: number): string {
  const { message, bytes, totalBytes } = progress;
  if (bytes === undefined) return message;
  const amount = totalBytes ? barOf(bytes, totalBytes) : megabytes(bytes);
  const seconds = (now - start.at) / 1000;
  const speed = seconds > 0 ? (bytes - start.bytes) / seconds : 0;
  if (!totalBytes || bytes > totalBytes || speed < SLOWEST)
    return `${message}  ${amount}  ${clock(now - start.at)}`;
  const left = Math.max(0, totalBytes - bytes) / speed;
  return `${message}  ${amount}  ${megabytes(speed)}/s  ${clock(left * 1000)} left`;
}

function barOf(bytes: number, totalBytes: number): string {
  // Temporary copies can exceed the total; only the end is 100 %.
  const share = Math.min(bytes / totalBytes, 0.99);
  const filled = Math.round(share * barWidth);
  const bar = '#'.repeat(filled).padEnd(barWidth, '-');
  return `[${bar}] ${Math.floor(share * 100)} %  ${megabytes(Math.min(bytes, totalBytes))} of ${megabytes(totalBytes)}`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
