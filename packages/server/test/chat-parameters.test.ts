import { EngineClientError } from '@mlx/schemas';
import { describe, expect, it } from 'vitest';
import { createHandler } from '../src/index.js';
import { errorOf, post, question } from './support/requests.js';
import { MODEL, ScriptedEngine } from './support/scripted-engine.js';

function setUp() {
  const engine = new ScriptedEngine();
  const handler = createHandler(engine);
  const ask = (body: object) =>
    handler.fetch(post('/v1/chat/completions', { ...question, ...body }));
  return { engine, ask };
}

describe('parameters', () => {
  it('reach the engine under its names', async () => {
    const { engine, ask } = setUp();
    await ask({
      frequency_penalty: 0.1,
      logit_bias: { '42': -100 },
      max_completion_tokens: 9,
      min_p: 0.05,
      presence_penalty: 0.2,
      repetition_penalty: 1.1,
      seed: -2,
      stop: 'END',
      stop_token_ids: [2],
      temperature: 0,
      top_k: 40,
      top_p: 0.9,
      priority: 5,
      prompt_lookup: false,
      draft_model: 'small',
      prediction: {
        type: 'content',
        content: [
          { type: 'text', text: 'Par' },
          { type: 'text', text: 'is' },
        ],
      },
    });
    expect(engine.calls).toEqual([
      {
        model: MODEL,
        messages: [{ role: 'user', content: 'What is the capital of France?' }],
        frequencyPenalty: 0.1,
        logitBias: { '42': -100 },
        maxTokens: 9,
        minP: 0.05,
        presencePenalty: 0.2,
        repetitionPenalty: 1.1,
        seed: Number.MAX_SAFE_INTEGER - 1,
        stopSequences: ['END'],
        stopTokenIds: [2],
        temperature: 0,
        topK: 40,
        topP: 0.9,
        priority: 5,
        promptLookup: false,
        draftModel: 'small',
        prediction: 'Paris',
      },
    ]);
  });

  it.each([
    [false, { draftModel: false }],
    [null, {}],
  ])('leave the draft model open or go without one: %j', async (draftModel, params) => {
    const { engine, ask } = setUp();
    expect((await ask({ draft_model: draftModel })).status).toBe(200);
    expect(engine.calls[0]).toEqual({ model: MODEL, messages: expect.anything(), ...params });
  });

  it('turn messages of every role into turns of the template', async () => {
    const { engine, ask } = setUp();
    const call = { id: 'c1', type: 'function', function: { name: 'add', arguments: '{}' } };
    const parts = [
      { type: 'text', text: 'one' },
      { type: 'text', text: 'two' },
    ];
    await ask({
      messages: [
        { role: 'developer', content: 'Be brief.', name: 'ops' },
        { role: 'user', content: parts },
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', content: '3', tool_call_id: 'c1' },
        { role: 'assistant', content: 'Three.' },
      ],
    });
    expect(engine.calls[0]?.messages).toEqual([
      { role: 'system', name: 'ops', content: 'Be brief.' },
      { role: 'user', content: 'onetwo' },
      {
        role: 'assistant',
        content: null,
        toolCalls: [{ id: 'c1', name: 'add', arguments: '{}' }],
      },
      { role: 'tool', content: '3', toolCallId: 'c1' },
      { role: 'assistant', content: 'Three.' },
    ]);
  });

  it.each([
    [{ temperature: 3 }, 'temperature', 'Number must be less than or equal to 2'],
    [{ max_tokens: 0 }, 'max_tokens', 'Number must be greater than or equal to 1'],
    [{ max_tokens: -2 }, 'max_tokens', 'Number must be greater than or equal to 1'],
    [{ n: 1e9 }, 'n', 'Number must be less than or equal to 128'],
    [{ logprobs: true, top_logprobs: 1e6 }, 'top_logprobs', 'Number must be less'],
    [{ messages: [] }, 'messages', 'Cannot be empty'],
    [{ messages: [{ role: 'user' }] }, 'messages.0.content', 'Invalid'],
    [{ model: undefined }, 'model', 'Required'],
    [{ prediction: { type: 'content' } }, 'prediction.content', 'Invalid'],
  ])('that are wrong are refused by name: %j', async (body, param, message) => {
    const { engine, ask } = setUp();
    const response = await ask(body);
    expect(response.status).toBe(400);
    const error = await errorOf(response);
    expect(error).toMatchObject({ param, type: 'invalid_request_error' });
    expect(error.message).toContain(message);
    expect(engine.calls).toEqual([]);
  });

  it.each([
    [{ modalities: ['text', 'audio'] }, 'modalities'],
    [{ functions: [{ name: 'f' }] }, 'functions'],
    [{ ignore_eos: true }, 'ignore_eos'],
    [{ prompt: 'x' }, 'prompt'],
    [{ messages: [{ role: 'function', name: 'f', content: 'x' }] }, 'messages.0.role'],
    [
      {
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://a/b' } }] },
        ],
      },
      'messages.0.content.0',
    ],
  ])('that cannot be honoured are refused by name: %j', async (body, param) => {
    const { engine, ask } = setUp();
    const response = await ask(body);
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ param, code: 'unsupported_parameter' });
    expect(engine.calls).toEqual([]);
  });

  it.each([
    { response_format: { type: 'text' } },
    { tools: [] },
    { tool_choice: 'auto' },
    { functions: [], function_call: 'none' },
    { metadata: {} },
    { modalities: ['text'] },
    { service_tier: 'default' },
    { store: false },
    { verbosity: 'medium' },
    { reasoning_effort: null, audio: null },
  ])('that ask for nothing special are accepted: %j', async (body) => {
    const { ask } = setUp();
    expect((await ask(body)).status).toBe(200);
  });

  it.each([
    [{ type: 'json_object' }, { schema: { type: 'object' } }],
    [
      {
        type: 'json_schema',
        json_schema: { name: 'n', schema: { type: 'integer' }, strict: true },
      },
      { schema: { type: 'integer' }, strict: true },
    ],
  ])('ask for a form: %j', async (responseFormat, asked) => {
    const { engine, ask } = setUp();
    expect((await ask({ response_format: responseFormat })).status).toBe(200);
    expect(engine.calls[0]?.structured).toEqual({ ...asked, format: 'json' });
  });

  it('that ask for a form without saying which are refused', async () => {
    const { ask } = setUp();
    const format = { type: 'json_schema', json_schema: { name: 'n' } };
    const response = await ask({ response_format: format });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({
      param: 'response_format.json_schema.schema',
    });
  });

  it('whose schema the model cannot follow are refused under their own name', async () => {
    const { engine, ask } = setUp();
    // oxlint-disable-next-line require-yield
    engine.script(async function* refuse() {
      throw new EngineClientError('GuidanceError', "#: the keyword 'not' is not supported", {
        details: { type: 'invalid_grammar', field: 'structured' },
      });
    });
    const response = await ask({ response_format: { type: 'json_object' } });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({
      code: 'invalid_grammar',
      param: 'response_format',
    });
  });

  it.each([
    ['topLogprobs', 'top_logprobs'],
    ['stopSequences.0', 'stop.0'],
    ['toolChoice.name', 'tool_choice.function.name'],
    ['logitBias.7', 'logit_bias.7'],
  ])('that the engine refuses are told under their own name: %s', async (field, param) => {
    const { engine, ask } = setUp();
    // oxlint-disable-next-line require-yield
    engine.script(async function* refuse() {
      throw new EngineClientError('InvalidParams', `Validation error on field '${field}': No`, {
        details: { field, issues: [{ path: field.split('.'), message: 'No', code: 'custom' }] },
      });
    });
    const response = await ask({});
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ param, message: `Invalid '${param}': No.` });
  });

  it('name whose request it is, so that the engine can share fairly', async () => {
    const { engine, ask } = setUp();
    await ask({ user: 'alice' });
    expect(engine.tenants).toEqual(['alice']);
  });
});
