import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EngineClientError } from '@mlx/schemas';

/** The chat page that comes with this package; the same from the sources and from the built files. */
export const CHAT_PAGE = fileURLToPath(new URL('../dist/page', import.meta.url));

/** Throws where there is no page: every address of it would be a 404 that says nothing. */
export function requirePage(directory: string): string {
  if (existsSync(join(directory, 'index.html'))) return directory;
  throw new EngineClientError(
    'InvalidParams',
    `There is no index.html in ${directory}. Name the folder of a built page, or leave --page out for the one that comes with the server.`,
  );
}
