import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { apiKey, baseURL, model, serverURL } from './server.ts';

const folder = new URL('../../python/', import.meta.url);
const interpreter = new URL(
  '../../../../node_modules/.mlx/python-clients/bin/python',
  import.meta.url,
);

/** What one case of a script returned, or how the client's error describes itself. */
export type Outcome = Record<string, unknown>;

/**
 * Runs `python/<name>.py`, whose last line is one JSON object: the outcome of each
 * of its cases by name. One process runs them all, since importing a client
 * takes seconds.
 */
export async function runPython(name: string): Promise<Record<string, Outcome>> {
  const script = fileURLToPath(new URL(`${name}.py`, folder));
  const { stdout } = await promisify(execFile)(fileURLToPath(interpreter), [script], {
    env: {
      ...process.env,
      BASE_URL: baseURL,
      SERVER_URL: serverURL,
      API_KEY: apiKey,
      MODEL: model,
      // Clients that would ask the internet for prices or report home.
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
      DO_NOT_TRACK: '1',
    },
    maxBuffer: 16 * 1024 * 1024,
  });
  // Some clients print advice before.
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}
