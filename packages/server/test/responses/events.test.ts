import { ResponseSchema, type ResponseStreamEvent } from '@mlx/schemas/responses';
import { describe, expect, it } from 'vitest';
import { call, ended, setUpResponses } from '../support/response-client.js';
import { finished, MODEL } from '../support/scripted-engine.js';

const weather = { type: 'function' as const, name: 'get_weather', parameters: {}, strict: false };
const told = [
  { type: 'reasoning' as const, text: 'Let me ' },
  { type: 'reasoning' as const, text: 'see.' },
  { type: 'token' as const, token: 'I will ' },
  { type: 'token' as const, token: 'look.' },
  ...call(0, 'call_a', 'get_weather', '{"city":', '"Paris"}'),
  ended('tool_calls', { reasoningTokens: 4, tokensGenerated: 9 }),
];

/** The events that begin and end items. */
function itemEvents(events: readonly ResponseStreamEvent[]) {
  return events.flatMap((event) =>
    event.type === 'response.output_item.added' || event.type === 'response.output_item.done'
      ? [event]
      : [],
  );
}

describe('a stream', () => {
  it('tells of every item from its beginning to its end, in numbered events', async () => {
    const { events } = setUpResponses(told);
    const seen = await events({ tools: [weather] });
    expect(seen.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.reasoning_text.delta',
      'response.reasoning_text.delta',
      'response.reasoning_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(seen.map((event) => event.sequence_number)).toEqual([...seen.keys()]);
  });

  it('begins items empty and ends them whole, under one id and index', async () => {
    const { events } = setUpResponses(told);
    const seen = await events({ tools: [weather] });
    const items = itemEvents(seen);
    expect(items.map(({ output_index: index }) => index)).toEqual([0, 0, 1, 1, 2, 2]);
    expect(items.map(({ item }) => item)).toMatchObject([
      { type: 'reasoning', status: 'in_progress', summary: [], content: [] },
      { type: 'reasoning', status: 'completed', content: [{ text: 'Let me see.' }] },
      { type: 'message', status: 'in_progress', role: 'assistant', content: [] },
      { type: 'message', status: 'completed', content: [{ text: 'I will look.' }] },
      { type: 'function_call', status: 'in_progress', call_id: 'call_a', arguments: '' },
      { type: 'function_call', status: 'completed', arguments: '{"city":"Paris"}' },
    ]);
    const ids = items.map(({ item }) => item.id);
    expect([ids[0], ids[2], ids[4]]).toEqual([ids[1], ids[3], ids[5]]);
    const parts = seen.filter((event) => 'item_id' in event && event.type !== 'error');
    expect(new Set(parts.map((event) => event['item_id']))).toEqual(new Set(ids));
  });

  it('ends with the response that the same request gets in one piece', async () => {
    const { events, ask } = setUpResponses(told);
    const streamed = (await events({ tools: [weather] })).at(-1);
    const whole = ResponseSchema.parse(await (await ask({ tools: [weather] })).json());
    const anyId = expect.any(String);
    expect(streamed).toMatchObject({
      type: 'response.completed',
      response: {
        ...whole,
        id: anyId,
        created_at: expect.any(Number),
        completed_at: expect.any(Number),
        output: whole.output.map((item) => ({ ...item, id: anyId })),
      },
    });
    expect(whole).toMatchObject({
      object: 'response',
      status: 'completed',
      model: MODEL,
      error: null,
      incomplete_details: null,
      usage: {
        input_tokens: 5,
        input_tokens_details: { cached_tokens: 2 },
        output_tokens: 9,
        output_tokens_details: { reasoning_tokens: 4 },
        total_tokens: 14,
      },
    });
  });

  it('starts with an empty response without usage', async () => {
    const { events } = setUpResponses();
    const [created, running] = await events({});
    const response = { status: 'in_progress', output: [], usage: null, completed_at: null };
    expect(created).toMatchObject({ response });
    expect(running).toMatchObject({ response });
  });

  it('numbers parallel calls and ends each before the next begins', async () => {
    const { events } = setUpResponses([
      ...call(0, 'call_a', 'get_weather', '{}'),
      ...call(1, 'call_b', 'get_weather', '{"a":1}'),
      ended('tool_calls'),
    ]);
    const seen = await events({ tools: [weather] });
    const items = itemEvents(seen).map(({ type, output_index: index, item }) => [
      type,
      index,
      item['call_id'],
    ]);
    expect(items).toEqual([
      ['response.output_item.added', 0, 'call_a'],
      ['response.output_item.done', 0, 'call_a'],
      ['response.output_item.added', 1, 'call_b'],
      ['response.output_item.done', 1, 'call_b'],
    ]);
  });
});

describe('an answer', () => {
  it('that was cut at the limit is incomplete, and so is its last item', async () => {
    const { client, events } = setUpResponses([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'token', token: 'One, tw' },
      ended('length'),
    ]);
    const response = await client.responses.create({
      model: MODEL,
      input: 'Count',
      max_output_tokens: 4,
    });
    expect(response).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      completed_at: null,
      output: [{ status: 'completed' }, { status: 'incomplete' }],
      output_text: 'One, tw',
    });
    expect((await events({})).at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'incomplete', usage: { output_tokens: 2 } },
    });
  });

  it('without a word is a message with an empty text', async () => {
    const { client } = setUpResponses([finished(0)]);
    const { output } = await client.responses.create({ model: MODEL, input: 'Hush' });
    expect(output).toMatchObject([{ type: 'message', content: [{ text: '' }] }]);
  });

  it('of thoughts alone ends with a message, unless it was cut', async () => {
    const thoughts = [{ type: 'reasoning' as const, text: 'Hm.' }];
    const whole = setUpResponses([...thoughts, ended('stop')]);
    const cut = setUpResponses([...thoughts, ended('length')]);
    const types = async ({ client }: typeof whole) => {
      const { output } = await client.responses.create({ model: MODEL, input: 'Hi' });
      return output.map(({ type }) => type);
    };
    expect(await types(whole)).toEqual(['reasoning', 'message']);
    expect(await types(cut)).toEqual(['reasoning']);
  });

  it('has log-probabilities where they are asked for', async () => {
    const top = [{ token: 7, text: 'é', logprob: -0.5 }];
    const logprobs = [{ token: 7, text: 'é', logprob: -0.5, top }];
    const { engine, client, events } = setUpResponses([
      { type: 'token', token: 'é', logprobs },
      ended('stop'),
    ]);
    const asked = { include: ['message.output_text.logprobs' as const], top_logprobs: 1 };
    const { output } = await client.responses.create({ model: MODEL, input: 'Hi', ...asked });
    const entry = { token: 'é', logprob: -0.5, bytes: [195, 169] };
    expect(output).toMatchObject([
      { content: [{ logprobs: [{ ...entry, top_logprobs: [entry] }] }] },
    ]);
    expect(engine.calls[0]).toMatchObject({ logprobs: true, topLogprobs: 1 });
    const deltas = (await events(asked)).filter(({ type }) => type.endsWith('text.delta'));
    expect(deltas).toMatchObject([{ logprobs: [entry] }]);
    expect((await client.responses.create({ model: MODEL, input: 'Hi' })).output).toMatchObject([
      { content: [{ logprobs: [] }] },
    ]);
  });
});

describe('thoughts', () => {
  const thinking = [
    { type: 'reasoning' as const, text: 'Hm, ' },
    { type: 'reasoning' as const, text: 'yes.' },
    { type: 'token' as const, token: 'Yes.' },
    ended('stop'),
  ];

  it('are given as the summary that a request asks for', async () => {
    const { events } = setUpResponses(thinking);
    const seen = await events({ reasoning: { summary: 'auto' } });
    expect(seen.slice(2, 8)).toMatchObject([
      { type: 'response.output_item.added', item: { summary: [] } },
      { type: 'response.reasoning_summary_part.added', summary_index: 0, part: { text: '' } },
      { type: 'response.reasoning_summary_text.delta', delta: 'Hm, ' },
      { type: 'response.reasoning_summary_text.delta', delta: 'yes.' },
      { type: 'response.reasoning_summary_text.done', text: 'Hm, yes.' },
      { type: 'response.reasoning_summary_part.done', part: { type: 'summary_text' } },
    ]);
    expect(seen[8]).toMatchObject({ item: { summary: [{ text: 'Hm, yes.' }] } });
    expect(seen[8]).not.toHaveProperty('item.content');
  });

  it('come back from the value that a client keeps for a server that keeps nothing', async () => {
    const { engine, client } = setUpResponses(thinking);
    const { output } = await client.responses.create({
      model: MODEL,
      input: 'Hi',
      store: false,
      include: ['reasoning.encrypted_content'],
    });
    const [reasoning] = output;
    if (reasoning?.type !== 'reasoning') throw new Error('There were no thoughts');
    const { id, encrypted_content: sealed } = reasoning;
    await client.responses.create({
      model: MODEL,
      input: [
        { role: 'user', content: 'Hi' },
        { type: 'reasoning', id, summary: [], encrypted_content: sealed ?? null },
        { role: 'assistant', content: 'Yes.' },
        { role: 'user', content: 'Sure?' },
      ],
    });
    expect(engine.calls[1]?.messages?.[1]).toEqual({
      role: 'assistant',
      reasoning: 'Hm, yes.',
      content: 'Yes.',
    });
  });
});
