import { appendFileSync, statSync } from 'node:fs';
import type { FakeScript } from './script.js';

/** The script of this process: each leaves one byte in the file that counts them. */
export function takeScript(scriptsJson: string, countFile: string | undefined): FakeScript {
  const scripts = JSON.parse(scriptsJson) as FakeScript[];
  if (countFile === undefined) return scripts[0] ?? {};
  appendFileSync(countFile, '.');
  const number = statSync(countFile).size;
  return scripts[Math.min(number, scripts.length) - 1] ?? {};
}
