import type { SetupProgress } from '../setup/progress.js';

const barWidth = 20;

/** 'Downloading x  [######----]  42 %  113 of 269 MB  0:12' */
export function progressText(progress: SetupProgress, elapsedMs: number): string {
  const { message, bytes, totalBytes } = progress;
  if (bytes === undefined) return message;
  const amount = totalBytes ? barOf(bytes, totalBytes) : megabytes(bytes);
  return `${message}  ${amount}  ${clock(elapsedMs)}`;
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
