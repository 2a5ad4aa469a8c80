import { describe, expect, it } from 'vitest';
import { PIXEL_URL } from '../support/images.js';
import { errorOf } from '../support/requests.js';
import { setUpResponses } from '../support/response-client.js';
import { MODEL } from '../support/scripted-engine.js';

const image = { type: 'input_image', image_url: PIXEL_URL };

const hi = [{ role: 'user', content: 'Hi' }];

/** What reached the engine, and what was named as without effect. */
async function asked(body: object) {
  const { engine, ask } = setUpResponses();
  const response = await ask(body);
  if (!response.ok) throw new Error(JSON.stringify(await errorOf(response)));
  return { params: engine.calls[0], ignored: response.headers.get('mlx-ignored') };
}

async function refused(body: object) {
  const { ask } = setUpResponses();
  const response = await ask(body);
  return { status: response.status, ...(await errorOf(response)) };
}

describe('the input', () => {
  it.each([
    ['text', 'Hi'],
    ['a message without a type', hi],
    ['a message in parts', [{ type: 'message', role: 'user', id: 'a', content: [part('Hi')] }]],
  ])('may be %s', async (_, input) => {
    expect((await asked({ input })).params?.messages).toEqual(hi);
  });

  it('becomes turns: thoughts, words and calls in a row are one turn of the assistant', async () => {
    const { params, ignored } = await asked({
      input: [
        { role: 'user', content: 'Weather in Paris and Rome?' },
        { type: 'reasoning', id: 'rs_1', summary: [], content: [reasoning('Two calls.')] },
        { type: 'message', role: 'assistant', id: 'msg_1', content: [output('I look.')] },
        functionCall('call_1', '{"city":"Paris"}'),
        functionCall('call_2', '{"city":"Rome"}'),
        { type: 'function_call_output', call_id: 'call_1', id: null, output: 'fine' },
        { type: 'function_call_output', call_id: 'call_2', output: [part('rain'), part('cold')] },
        { role: 'user', content: 'Thanks' },
      ],
    });
    expect(params?.messages).toEqual([
      { role: 'user', content: 'Weather in Paris and Rome?' },
      {
        role: 'assistant',
        reasoning: 'Two calls.',
        content: 'I look.',
        toolCalls: [weather('call_1', '{"city":"Paris"}'), weather('call_2', '{"city":"Rome"}')],
      },
      { role: 'tool', toolCallId: 'call_1', content: 'fine' },
      { role: 'tool', toolCallId: 'call_2', content: 'raincold' },
      { role: 'user', content: 'Thanks' },
    ]);
    expect(ignored).toBeNull();
  });

  it('keeps rounds of calls apart, each with its thoughts', async () => {
    const { params } = await asked({
      input: [
        { role: 'user', content: 'Go' },
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'First.' }] },
        functionCall('call_1', '{}'),
        { type: 'function_call_output', call_id: 'call_1', output: '1' },
        { type: 'reasoning', summary: [], encrypted_content: 'of another server' },
        functionCall('call_2', '{}'),
        { type: 'function_call_output', call_id: 'call_2', output: '2' },
      ],
    });
    expect(params?.messages?.map(({ role, reasoning: thoughts }) => [role, thoughts])).toEqual([
      ['user', undefined],
      ['assistant', 'First.'],
      ['tool', undefined],
      ['assistant', undefined],
      ['tool', undefined],
    ]);
  });

  it('begins with one turn of the system: the instructions and what it says first', async () => {
    const { params } = await asked({
      instructions: 'Be brief.',
      input: [
        { role: 'developer', content: 'Be kind.' },
        { role: 'system', content: [part('Be true.')] },
        ...hi,
        { role: 'developer', content: 'Be quick.' },
      ],
    });
    expect(params?.messages).toEqual([
      { role: 'system', content: 'Be brief.\n\nBe kind.\n\nBe true.' },
      ...hi,
      { role: 'system', content: 'Be quick.' },
    ]);
  });

  it('leaves out what hosted tools did, and names it', async () => {
    const { params, ignored } = await asked({
      input: [{ type: 'web_search_call', id: 'ws_1', status: 'completed' }, ...hi],
    });
    expect(params?.messages).toEqual(hi);
    expect(ignored).toContain('input[web_search_call]');
  });

  it.each([
    ['an image', { role: 'user', content: [image] }, 'input.0.content.0'],
    ['a file', { role: 'user', content: [{ type: 'input_file' }] }, 'input.0.content.0'],
    [
      'an image among results',
      { type: 'function_call_output', call_id: '1', output: [part('a'), image] },
      'input.0.output.1',
    ],
    ['a compaction', { type: 'compaction', encrypted_content: 'a' }, 'input.0.type'],
    ['a shell call', { type: 'shell_call', call_id: '1', action: {} }, 'input.0.type'],
  ])('with %s is refused by its place', async (_, item, param) => {
    const error = await refused({ input: [item, ...hi] });
    expect(error).toMatchObject({ status: 400, code: 'unsupported_parameter', param });
  });

  it.each([[undefined], [[]], ['']])('that is %j is refused', async (input) => {
    expect(await refused({ input })).toMatchObject({ status: 400, param: 'input' });
  });
});

describe('a parameter', () => {
  it('that is honoured reaches the engine under its name there', async () => {
    const { params, ignored } = await asked({
      max_output_tokens: 7,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 4,
      seed: 3,
      parallel_tool_calls: false,
      reasoning: { effort: null },
      text: { format: { type: 'json_schema', name: 'a', schema: { type: 'object' } } },
      metadata: { a: 'b' },
      user: 'somebody',
    });
    expect(params).toMatchObject({
      maxTokens: 7,
      temperature: 0.5,
      topP: 0.9,
      topK: 4,
      seed: 3,
      parallelToolCalls: false,
      structured: { schema: { type: 'object' }, format: 'json' },
    });
    expect(params).not.toHaveProperty('reasoning');
    expect(ignored).toBeNull();
  });

  it.each([
    [{ format: { type: 'json_object' } }, { schema: { type: 'object' }, format: 'json' }],
    [{ format: { type: 'text' } }, undefined],
    [{}, undefined],
  ])('text %j asks for %j', async (text, structured) => {
    expect((await asked({ text })).params?.structured).toEqual(structured);
  });

  it('without effect is named once, and refused where the request is to be read strictly', async () => {
    const body = {
      prompt_cache_key: 'k',
      safety_identifier: 's',
      service_tier: 'flex',
      context_management: [{ type: 'compaction' }],
      max_tool_calls: 3,
      client_metadata: { a: 'b' },
      include: ['file_search_call.results', 'reasoning.encrypted_content'],
      text: { verbosity: 'low' },
      stream_options: { include_obfuscation: true },
      next_months_field: true,
    };
    const { ask } = setUpResponses();
    const response = await ask(body);
    expect(response.status).toBe(200);
    expect(response.headers.get('mlx-ignored')?.split(', ').toSorted()).toEqual([
      'client_metadata',
      'context_management',
      'include[file_search_call.results]',
      'max_tool_calls',
      'next_months_field',
      'prompt_cache_key',
      'safety_identifier',
      'service_tier',
      'stream_options.include_obfuscation',
      'text.verbosity',
    ]);
    for (const [name, value] of Object.entries(body)) {
      const strict = await ask({ [name]: value }, { 'mlx-strict': 'true' });
      expect([name, strict.status]).toEqual([name, 400]);
    }
  });

  it('is repeated in the response, with what applied where nothing was sent', async () => {
    const { client } = setUpResponses();
    const plain = await client.responses.create({ model: MODEL, input: 'Hi' });
    expect(plain).toMatchObject({
      instructions: null,
      metadata: {},
      parallel_tool_calls: true,
      previous_response_id: null,
      reasoning: { effort: null, summary: null },
      service_tier: 'default',
      store: false,
      // As the model's makers advise.
      temperature: 0.6,
      top_p: 0.95,
      text: { format: { type: 'text' } },
      tool_choice: 'auto',
      tools: [],
      truncation: 'disabled',
    });
    const asking = {
      instructions: 'Be brief.',
      max_output_tokens: 9,
      metadata: { run: '7' },
      prompt_cache_key: 'k',
      safety_identifier: 's',
      temperature: 0,
      tool_choice: 'none' as const,
      tools: [{ type: 'function' as const, name: 'f', parameters: {}, strict: true }],
      user: 'u',
    };
    const echoed = await client.responses.create({ model: MODEL, input: 'Hi', ...asking });
    expect(echoed).toMatchObject(asking);
  });

  it.each([
    ['conversation', 'conv_1'],
    ['prompt', { id: 'pmpt_1' }],
    ['max_tokens', 5],
    ['messages', hi],
    ['response_format', { type: 'json_object' }],
    ['n', 2],
  ])('that would change the answer, %s, is refused by name', async (param, value) => {
    expect(await refused({ [param]: value })).toMatchObject({
      status: 400,
      code: 'unsupported_parameter',
      param,
    });
  });

  it('of which the engine says that it is wrong is named as it was sent', async () => {
    const { engine, ask } = setUpResponses();
    engine.script(async function* script() {
      const details = { field: 'maxTokens' };
      yield { type: 'error', error: { code: 'InvalidParams', message: 'too many', details } };
    });
    expect(await errorOf(await ask({}))).toMatchObject({ param: 'max_output_tokens' });
  });
});

describe('POST /v1/responses/input_tokens', () => {
  it('counts what a response would read', async () => {
    const { client } = setUpResponses();
    const counted = await client.responses.inputTokens.count({
      model: MODEL,
      instructions: 'Be brief.',
      input: [{ role: 'user', content: 'Hi' }],
      tools: [{ type: 'function', name: 'f', parameters: {}, strict: false }],
    });
    expect(counted).toEqual({ object: 'response.input_tokens', input_tokens: 11 });
  });
});

function part(text: string) {
  return { type: 'input_text', text };
}

function output(text: string) {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

function reasoning(text: string) {
  return { type: 'reasoning_text', text };
}

function weather(id: string, text: string) {
  return { id, name: 'get_weather', arguments: text };
}

function functionCall(id: string, text: string) {
  return { type: 'function_call', call_id: id, name: 'get_weather', arguments: text };
}
