// Puts the sidecar's Python sources and requirements into the package before it
// is packed, and takes them out again: in the repository they live once.
import { cpSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(packageRoot, '..', '..', 'python-runtime');
const target = join(packageRoot, 'python-runtime');
const carried = ['src', 'requirements', 'pyproject.toml'];

const isSource = (path) => basename(path) !== '__pycache__';

rmSync(target, { recursive: true, force: true });
if (!process.argv.includes('--remove')) {
  for (const name of carried) {
    cpSync(join(source, name), join(target, name), { recursive: true, filter: isSource });
  }
}
