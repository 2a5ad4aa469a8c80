import { expect, it } from 'vitest';
import { createHandler } from '../src/index.js';
import { post } from './support/requests.js';
import { MODEL, ScriptedEngine } from './support/scripted-engine.js';
import { ended } from './support/response-client.js';

const messages = [{ role: 'user', content: 'Hi' }];
/** Where Python's `str.splitlines` ends a line, beside `\r\n`. */
const LINE_ENDS = '\n\r\v\f\u001c\u001d\u001e\u0085\u2028\u2029';
const token = LINE_ENDS.split('').join('a');

const streams: Record<string, [path: string, body: object]> = {
  'chat completions': ['/v1/chat/completions', { messages }],
  responses: ['/v1/responses', { input: 'Hi' }],
  messages: ['/v1/messages', { messages, max_tokens: 5 }],
  "Ollama's chat": ['/api/chat', { messages }],
  "Ollama's generate": ['/api/generate', { prompt: 'Hi' }],
};

it.each(Object.entries(streams))(
  'no token ends a line of %s, by whichever line ends a client reads',
  async (_, [path, body]) => {
    const engine = new ScriptedEngine();
    engine.script(async function* script() {
      yield { type: 'token' as const, token };
      yield ended('stop');
    });
    const handler = createHandler(engine);
    const response = await handler.fetch(post(path, { model: MODEL, stream: true, ...body }));
    const lines = (await response.text()).split(new RegExp(`[${LINE_ENDS}]`));
    const values = lines
      .map((line) => line.replace(/^data: /, ''))
      .filter((line) => line.startsWith('{'))
      .map((line): unknown => JSON.parse(line));
    expect(JSON.stringify(values)).toContain(JSON.stringify(token));
  },
);
