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

/** Clients that would ask the internet for prices or report home. */
const quiet = { LITELLM_LOCAL_MODEL_COST_MAP: 'True', DO_NOT_TRACK: '1' };

/**
 * Runs `python/<name>.py`, whose last line is one JSON object: the outcome of each
 * of its cases by name. One process runs them all, since importing a client
 * takes seconds.
 */
export async function runPython(
  name: string,
  /** In place of what is said of the shared server and its model. */
  variables: Readonly<Record<string, string>> = {},
): Promise<Record<string, Outcome>> {
  const script = fileURLToPath(new URL(`${name}.py`, folder));
  const environment = {
    BASE_URL: baseURL,
    SERVER_URL: serverURL,
    API_KEY: apiKey,
    MODEL: model,
    ...variables,
  };
  return JSON.parse(await lastLine([script], environment));
}

/** Runs code as it is; resolves with the last line that it prints. */
export async function runPythonCode(code: string): Promise<string> {
  return lastLine(['-c', code], {});
}

/** Some clients print advice before. */
async function lastLine(args: string[], environment: Record<string, string>): Promise<string> {
  const { stdout } = await promisify(execFile)(fileURLToPath(interpreter), args, {
    env: { ...process.env, ...quiet, ...environment },
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout.trimEnd().split('\n').at(-1) ?? '';
}
