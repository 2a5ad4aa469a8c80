// Puts the built chat page into the package, where `mlx-serve` finds it.
import { cpSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));
const page = join(packageRoot, '..', '..', 'apps', 'demo', 'dist');

if (!existsSync(join(page, 'index.html'))) {
  throw new Error('The page is not built. Build both: npx turbo build --filter=@mlx/server');
}
cpSync(page, join(packageRoot, 'dist', 'page'), { recursive: true });
