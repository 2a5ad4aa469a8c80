import { createMlx, type MlxHttpSettings } from '../../src/index.js';

interface Sent {
  readonly url: string;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** A server that gives one answer and keeps what it was sent. */
export function server(answer: () => Response | Promise<Response>, settings: MlxHttpSettings = {}) {
  const sent: Sent[] = [];
  const fetch = async (url: unknown, init: RequestInit & { body?: unknown } = {}) => {
    const body = JSON.parse(init.body as string) as Record<string, unknown>;
    sent.push({ url: String(url), headers: new Headers(init.headers), body });
    return answer();
  };
  return { sent, mlx: createMlx({ ...settings, fetch }) };
}

export const delta = (content: string, more: object = {}) =>
  `data: ${JSON.stringify({ id: 'x', model: 'm', created: 1, choices: [{ delta: { content }, ...more }] })}\n\n`;
export const stop = delta('', { finish_reason: 'stop' });
export const usage = `data: ${JSON.stringify({
  choices: [],
  usage: {
    prompt_tokens: 9,
    completion_tokens: 2,
    prompt_tokens_details: { cached_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 1 },
  },
})}\n\n`;
export const done = 'data: [DONE]\n\n';

export const event = (value: object) =>
  `data: ${JSON.stringify({ choices: [{ delta: value }] })}\n\n`;

export const stream = (...texts: (string | Uint8Array)[]) =>
  new Response(
    new ReadableStream({
      start(controller) {
        for (const text of texts) {
          controller.enqueue(typeof text === 'string' ? new TextEncoder().encode(text) : text);
        }
        controller.close();
      },
    }),
  );
