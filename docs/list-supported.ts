// Writes the architectures of SUPPORTED_MODELS.md, as the installed mlx-lm has them.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { resolvePythonEnvironment } from '@mlx/engine/setup';

const page = new URL('SUPPORTED_MODELS.md', import.meta.url);
const BLOCK = /(<!-- architectures -->\n)[^]*?(<!-- end -->)/;
/** Where mlx-lm is, and the names under which it knows an architecture beside its own. */
const ASK = `
import json, mlx_lm.models, mlx_lm.utils
print(json.dumps([list(mlx_lm.models.__path__)[0], mlx_lm.utils.MODEL_REMAPPING]))
`;

/** The page as it ought to be. */
export function withArchitectures(): string {
  const { python, env } = resolvePythonEnvironment();
  const { stdout, stderr } = spawnSync(python, ['-c', ASK], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (stdout === '') throw new Error(stderr);
  const [folder, others] = JSON.parse(stdout) as [string, Record<string, string>];
  const own = readdirSync(folder)
    .filter((file) => /^class Model\(/m.test(file.endsWith('.py') ? read(folder, file) : ''))
    .map((file) => file.replace(/\.py$/, ''));
  const names = [...new Set([...own, ...Object.keys(others)])].toSorted();
  const list = names.map((name) => `\`${name}\``).join(', ');
  return readFileSync(page, 'utf8').replace(
    BLOCK,
    (_, start: string, end: string) => `${start}\n${list}\n\n${end}`,
  );
}

const read = (folder: string, file: string) => readFileSync(join(folder, file), 'utf8');

if (process.argv[1] === import.meta.filename) writeFileSync(page, withArchitectures());
