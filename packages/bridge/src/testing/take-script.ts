import { appendFileSync, statSync } from 'node:fs';
import type { FakeScript } from './script.js';

/** The script of this life: each process leaves one byte in the file that counts them. */
export function takeScript(scriptsJson: string, livesFile: string | undefined): FakeScript {
  const scripts = JSON.parse(scriptsJson) as FakeScript[];
  if (livesFile === undefined) return scripts[0] ?? {};
  appendFileSync(livesFile, '.');
  const life = statSync(livesFile).size;
  return scripts[Math.min(life, scripts.length) - 1] ?? {};
}
