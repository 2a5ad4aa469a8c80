import { z } from 'zod';

export const ServerErrorSchema = z.object({
  error: z.object({ message: z.string(), code: z.string().nullish() }),
});

/** An answer that the server refused or could not finish; its message is for the reader. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly code: string | undefined;

  constructor(message: string, code?: string | null) {
    super(message);
    this.code = code ?? undefined;
  }
}

/** The server's own words where it sent some, the status otherwise. */
export async function readServerError(response: Response): Promise<ServerError> {
  const text = await response.text();
  const parsed = z.preprocess(parseJson, ServerErrorSchema).safeParse(text);
  return parsed.success
    ? new ServerError(parsed.data.error.message, parsed.data.error.code)
    : new ServerError(`The server answered ${response.status} ${response.statusText}.`);
}

/** What to show for anything that went wrong while talking to the server. */
export function describeFailure(error: unknown): string {
  if (error instanceof ServerError) return explain(error);
  if (error instanceof TypeError) return 'The server cannot be reached. Is it still running?';
  return error instanceof Error ? error.message : String(error);
}

/** A reader knows of models, not of the processes that hold them. */
const CRASHES: ReadonlyMap<string, string> = new Map([
  ['sidecar_crashed', 'The model crashed and is restarting. Try again.'],
  ['worker_lost', 'The machine that wrote this is gone. Try again.'],
  [
    'restart_budget_exhausted',
    'The model crashed again and again, and was given up. Start it again in the menu of models.',
  ],
  ['quarantined', 'The model crashed each time that it was asked this. Ask something else.'],
]);

function explain({ code, message }: ServerError): string {
  const explanation = CRASHES.get(code === 'SidecarCrashed' ? 'sidecar_crashed' : (code ?? ''));
  return explanation === undefined ? message : `${explanation} (${message})`;
}

function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
