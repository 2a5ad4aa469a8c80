import { OpenAIErrorSchema, type OpenAIError } from '@mlx/schemas';
import { MODEL } from './scripted-engine.js';

const ORIGIN = 'http://127.0.0.1:8484';

export const question = {
  model: MODEL,
  messages: [{ role: 'user', content: 'What is the capital of France?' }],
};

/** A request as a well-behaved client sends it; `init` makes it worse. */
export function post(path: string, body: unknown, headers: Record<string, string> = {}): Request {
  return new Request(`${ORIGIN}${path}`, {
    method: 'POST',
    headers: { host: '127.0.0.1:8484', 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

export function get(path: string, headers: Record<string, string> = {}): Request {
  return new Request(`${ORIGIN}${path}`, { headers: { host: '127.0.0.1:8484', ...headers } });
}

export async function errorOf(response: Response): Promise<OpenAIError['error']> {
  return OpenAIErrorSchema.parse(await response.json()).error;
}

/** The data of every event of a stream. */
export async function eventsOf(response: Response): Promise<string[]> {
  const text = await response.text();
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice('data: '.length));
}
