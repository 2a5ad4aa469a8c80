import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { setupPythonEnvironment } from '@mlx/engine/setup';
import type { Progress } from '../report/progress.ts';
import type { PeerEnvironment } from './peer-environment.ts';

const here = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const REQUIREMENTS = here('python/vision_server.txt');
const WRITER = here('python/vision_model.py');
/** The families of tiny models that the writer enlarges. */
const TESTS = here('../../python-runtime/tests');
const DESTINATION = join(tmpdir(), 'mlx-bench-vision');

/** A model of random weights that sees, images for it, and what mlx-vlm's server runs on. */
export interface VisionPeer extends PeerEnvironment {
  /** Data URLs of different images, of 256 x 256 and 1000 x 300 pixels in turn. */
  readonly images: readonly string[];
}

/** Made once; mlx-vlm's server needs some packages that ours does not. */
export async function prepareVision(count: number, progress: Progress): Promise<VisionPeer> {
  const { python, env: variables } = await setupPythonEnvironment({ vision: true });
  const env = { ...process.env, ...variables };
  const packages = [variables['PYTHONPATH'], variables['MLX_RUNTIME_VISION'], DESTINATION];
  const paths = packages.filter((path) => path !== undefined).join(delimiter);
  const run = promisify(execFile);
  if (!existsSync(DESTINATION)) {
    progress('installing what the server of mlx-vlm needs (once)');
    const unfinished = await mkdtemp(`${DESTINATION}-`);
    const install = ['-m', 'pip', 'install', '--quiet', '--no-compile', '--no-deps'];
    await run(python, [...install, '--target', unfinished, '-r', REQUIREMENTS], { env });
    await rename(unfinished, DESTINATION);
  }
  const modelDirectory = await mkdtemp(join(tmpdir(), 'mlx-bench-vision-model-'));
  const writing = { ...env, PYTHONPATH: [paths, TESTS].join(delimiter) };
  await run(python, [WRITER, modelDirectory, String(count)], { env: writing });
  const files = Array.from({ length: count }, (_, index) => join(modelDirectory, `${index}.png`));
  const images = await Promise.all(files.map(toDataUrl));
  return { python, env: { ...env, PYTHONPATH: paths }, modelDirectory, images };
}

export async function removeVision({ modelDirectory }: VisionPeer): Promise<void> {
  await rm(modelDirectory, { recursive: true, force: true });
}

async function toDataUrl(file: string): Promise<string> {
  return `data:image/png;base64,${await readFile(file, 'base64')}`;
}
