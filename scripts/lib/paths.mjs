import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Node of the version the repository pins, once dependencies are installed. */
export const pinnedNode = join(root, 'node_modules', '.bin', 'node');

/** What finished steps remember, so that the next run can skip them. */
export const stampFolder = join(root, 'node_modules', '.mlx');

export const engineCli = join(root, 'packages', 'engine', 'dist', 'cli.js');
export const serverCli = join(root, 'packages', 'server', 'dist', 'cli.js');
export const chatPage = join(root, 'packages', 'server', 'dist', 'page', 'index.html');

/** One run's failed tests, as vitest's reporter names them. */
export const failedTestsFile = join(stampFolder, 'failed-tests.txt');
