import type { Frame } from './session.ts';

/** Frames closer than this are one: nobody sees the difference. */
const SHORTEST_MS = 90;

/** The same frames with no pause longer than `longestMs`. */
export function shorten(frames: readonly Frame[], longestMs: number): Frame[] {
  const kept: Frame[] = [];
  let at = 0;
  let before: number | undefined;
  for (const frame of frames) {
    at += Math.min(longestMs, frame.at - (before ?? frame.at));
    before = frame.at;
    const last = kept.at(-1);
    if (last && at - last.at < SHORTEST_MS) kept.pop();
    kept.push({ at: last && at - last.at < SHORTEST_MS ? last.at : at, rows: frame.rows });
  }
  return kept;
}
