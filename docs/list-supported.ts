// Writes the architectures of SUPPORTED_MODELS.md, as the installed mlx-lm has them.
import { readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { resolvePythonEnvironment } from '@mlx/engine/setup';

const page = new URL('SUPPORTED_MODELS.md', import.meta.url);
const BLOCK = /(<!-- architectures -->\n)[^]*?(<!-- end -->)/;
/** Names of architectures that can be imported here: some modules exit for want of a package. */
const ASK = `
import importlib, json, os, sys
from mlx_lm import models, utils
from contextlib import redirect_stdout

def can_load(name):
    try:
        with redirect_stdout(sys.stderr):
            module = importlib.import_module(f"mlx_lm.models.{name}")
        return hasattr(module, "Model") and module.Model.__module__ == module.__name__
    except (Exception, SystemExit):
        return False

files = os.listdir(list(models.__path__)[0])
own = [file[:-3] for file in files if file.endswith(".py")]
others = utils.MODEL_REMAPPING
print(json.dumps([name for name in {*own, *others} if can_load(others.get(name, name))]))
`;

/** The page as it ought to be. */
export function withArchitectures(): string {
  const { python, env } = resolvePythonEnvironment();
  const { stdout, stderr } = spawnSync(python, ['-c', ASK], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (stdout === '') throw new Error(stderr);
  const names = (JSON.parse(stdout) as string[]).toSorted();
  const list = names.map((name) => `\`${name}\``).join(', ');
  return readFileSync(page, 'utf8').replace(
    BLOCK,
    (_, start: string, end: string) => `${start}\n${list}\n\n${end}`,
  );
}

if (process.argv[1] === import.meta.filename) writeFileSync(page, withArchitectures());
