import { runInNewContext } from 'node:vm';

/** A pattern can take for ever on a text of a few dozen characters. */
const LONGEST_MS = 50;

interface TimedPattern {
  test(text: string): boolean;
}

/** A regular expression that gives up: it then finds nothing. Throws what `RegExp` throws. */
export function timedPattern(pattern: string): TimedPattern {
  const found = new RegExp(pattern);
  return {
    test(text) {
      try {
        const options = { timeout: LONGEST_MS };
        return runInNewContext('found.test(text)', { found, text }, options) as boolean;
      } catch {
        return false;
      }
    },
  };
}
