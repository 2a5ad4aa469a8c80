import type { GeneratorChunk, MetadataChunk } from '@mlx/schemas';
import { ResponseStreamEventSchema, type ResponseStreamEvent } from '@mlx/schemas/responses';
import { createHandler, type HandlerOptions } from '../../src/index.js';
import { post } from './requests.js';
import { finished, MODEL, ScriptedEngine } from './scripted-engine.js';
import { openaiClient } from './openai-client.js';

/** A scripted engine behind the handler, spoken to by OpenAI's client and without it. */
export function setUpResponses(chunks?: readonly GeneratorChunk[], options: HandlerOptions = {}) {
  const engine = new ScriptedEngine();
  if (chunks) {
    engine.script(async function* script() {
      yield* chunks;
    });
  }
  const handler = createHandler(engine, options);
  const clientOf = (apiKey: string) => openaiClient(handler, apiKey);
  const ask = (body: object, headers: Record<string, string> = {}) =>
    handler.fetch(post('/v1/responses', { model: MODEL, input: 'Hi', ...body }, headers));
  const events = async (body: object): Promise<ResponseStreamEvent[]> =>
    (await eventsWith(await ask({ ...body, stream: true }))).map((event) =>
      ResponseStreamEventSchema.parse(JSON.parse(event)),
    );
  return { engine, handler, client: clientOf('none'), clientOf, ask, events };
}

/** The data of every event, whose name in front must be its type; the last of all has none. */
async function eventsWith(response: Response): Promise<string[]> {
  const text = await response.text();
  const events = text.split('\n\n').filter((event) => event !== '');
  if (events.pop() !== 'data: [DONE]') throw new Error(`Without an end: ${text}`);
  return events.map((event) => {
    const [, name, data = ''] = /^event: (.+)\ndata: (.+)$/.exec(event) ?? [];
    if (name !== JSON.parse(data).type) throw new Error(`Misnamed event: ${event}`);
    return data;
  });
}

export function ended(
  finishReason: MetadataChunk['finishReason'],
  stats: Partial<MetadataChunk['stats']> = {},
): MetadataChunk {
  const end = finished(2);
  return { ...end, finishReason, stats: { ...end.stats, ...stats } };
}

export function call(index: number, id: string, name: string, ...pieces: string[]) {
  return [
    { type: 'tool_call' as const, toolCall: { index, id, name, arguments: '' } },
    ...pieces.map((text) => ({
      type: 'tool_call' as const,
      toolCall: { index, arguments: text },
    })),
  ];
}
