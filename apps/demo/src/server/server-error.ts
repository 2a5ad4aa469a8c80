import { z } from 'zod';

export const ServerErrorSchema = z.object({ error: z.object({ message: z.string() }) });

/** An answer that the server refused or could not finish; its message is for the reader. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
}

/** The server's own words where it sent some, the status otherwise. */
export async function readServerError(response: Response): Promise<ServerError> {
  const text = await response.text();
  const parsed = z.preprocess(parseJson, ServerErrorSchema).safeParse(text);
  return new ServerError(
    parsed.success
      ? parsed.data.error.message
      : `The server answered ${response.status} ${response.statusText}.`,
  );
}

/** What to show for anything that went wrong while talking to the server. */
export function describeFailure(error: unknown): string {
  if (error instanceof ServerError) return error.message;
  if (error instanceof TypeError) return 'The server cannot be reached. Is it still running?';
  return error instanceof Error ? error.message : String(error);
}

function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
