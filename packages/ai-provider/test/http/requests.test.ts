import { describe, expect, it } from 'vitest';
import type { MlxHttpSettings } from '../../src/index.js';
import { options, readAll } from '../support/calls.js';
import { delta, done, server, stop, stream, usage } from '../support/http-server.js';

const answerIgnoring = () => {
  const response = stream(delta('A'), stop, done);
  response.headers.set('mlx-ignored', 'reasoning_effort, user');
  return response;
};

describe('a request', () => {
  it('shows images in the form of OpenAI', async () => {
    const { sent, mlx } = server(() => stream(delta('A'), stop, done));
    const file = {
      type: 'file',
      mediaType: 'image/png',
      data: { type: 'data', data: 'AQL/' },
    } as const;
    const content = [file, { type: 'text', text: 'What is it?' } as const];
    await mlx('m').doGenerate(options({ prompt: [{ role: 'user', content }] }));
    expect(sent[0]?.body['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AQL/' } },
          { type: 'text', text: 'What is it?' },
        ],
      },
    ]);
  });

  it('carries every setting under the name that the server knows', async () => {
    const { sent, mlx } = server(() => stream(delta('A'), stop, usage, done));
    await mlx('org/m').doGenerate(
      options({
        maxOutputTokens: 5,
        topK: 4,
        seed: 3,
        stopSequences: ['.'],
        responseFormat: { type: 'json', schema: { type: 'object' } },
        tools: [{ type: 'function', name: 't', inputSchema: { type: 'object' }, strict: true }],
        toolChoice: { type: 'tool', toolName: 't' },
        reasoning: 'low',
        providerOptions: {
          mlx: {
            minP: 0.1,
            repetitionPenalty: 1.1,
            logitBias: { 5: 1 },
            parallelToolCalls: false,
            prediction: 'A',
            promptLookup: false,
            templateOptions: { a: 1 },
            tenant: 'ada',
          },
        },
      }),
    );
    expect(sent[0]?.body).toEqual({
      model: 'org/m',
      messages: [{ role: 'user', content: 'Hi' }],
      max_completion_tokens: 5,
      top_k: 4,
      seed: 3,
      stop: ['.'],
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'response', schema: { type: 'object' }, strict: true },
      },
      tools: [
        { type: 'function', function: { name: 't', parameters: { type: 'object' }, strict: true } },
      ],
      tool_choice: { type: 'function', function: { name: 't' } },
      reasoning_effort: 'low',
      min_p: 0.1,
      repetition_penalty: 1.1,
      logit_bias: { 5: 1 },
      parallel_tool_calls: false,
      prediction: { type: 'content', content: 'A' },
      prompt_lookup: false,
      chat_template_kwargs: { a: 1 },
      user: 'ada',
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('carries calls and results of earlier steps', async () => {
    const { sent, mlx } = server(() => stream(delta('A'), stop, done));
    const result = { type: 'text', value: '9' } as const;
    await mlx('m').doGenerate({
      prompt: [
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'Hm' },
            { type: 'tool-call', toolCallId: 'c', toolName: 't', input: {} },
          ],
        },
        {
          role: 'tool',
          content: [{ type: 'tool-result', toolCallId: 'c', toolName: 't', output: result }],
        },
      ],
      providerOptions: { mlx: { reasoning: { enabled: true } } },
    });
    expect(sent[0]?.body).toMatchObject({
      reasoning: { enabled: true },
      messages: [
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'Hm',
          tool_calls: [{ id: 'c', type: 'function', function: { name: 't', arguments: '{}' } }],
        },
        { role: 'tool', content: '9', tool_call_id: 'c' },
      ],
    });
  });

  it.for([
    [{}, 'http://127.0.0.1:8484/v1/chat/completions'],
    [{ baseURL: 'https://a.example' }, 'https://a.example/v1/chat/completions'],
    [{ baseURL: 'https://a.example/llm/v1/' }, 'https://a.example/llm/v1/chat/completions'],
  ])('goes to the address of the server: %j', async ([settings, url]) => {
    const { sent, mlx } = server(() => stream(stop, done), settings as MlxHttpSettings);
    await mlx('m').doGenerate(options());
    expect(sent[0]?.url).toBe(url);
  });

  it('says who asks', async () => {
    const { sent, mlx } = server(() => stream(stop, done), {
      apiKey: 'secret',
      headers: { 'x-team': 'a' },
    });
    await mlx('m').doGenerate(options({ headers: { 'user-agent': 'ai/7', 'x-own': undefined } }));
    expect(Object.fromEntries(sent[0]?.headers ?? [])).toEqual({
      authorization: 'Bearer secret',
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^ai\/7 mlx-ai-provider\/\d+\.\d+\.\d+$/),
      'x-team': 'a',
    });
  });

  it('tells by name what has an effect in the same process only', async () => {
    const { mlx } = server(() => stream(stop, done));
    const providerOptions = { mlx: { resume: true, queueTimeoutMs: 5 } };
    const { warnings } = await mlx('m').doGenerate(options({ providerOptions }));
    expect(warnings).toMatchObject([
      { type: 'unsupported', feature: 'providerOptions.mlx.resume' },
      { type: 'unsupported', feature: 'providerOptions.mlx.queueTimeoutMs' },
    ]);
  });

  it.for([
    [{ ignoreEos: true }, 'ignoreEos'],
    [{ structured: { format: 'regex', schema: 'a+' } }, "structured.format 'regex'"],
  ] as const)(
    'is refused where the server cannot do what changes the text: %j',
    async ([own, name]) => {
      const { mlx } = server(() => stream(stop, done));
      const providerOptions = { mlx: own } as never;
      await expect(mlx('m').doGenerate(options({ providerOptions }))).rejects.toThrow(
        `${name} needs an engine in the same process`,
      );
    },
  );

  it('of vectors is refused as well', async () => {
    const { mlx } = server(() => stream());
    for (const own of [{ pooling: 'mean' }, { normalize: false }]) {
      const vectors = mlx
        .embeddingModel('m')
        .doEmbed({ values: ['a'], providerOptions: { mlx: own } });
      await expect(vectors).rejects.toThrow('same process');
    }
  });

  it('tells what the server accepted without effect', async () => {
    const { mlx } = server(answerIgnoring);
    const expected = [
      { type: 'unsupported', feature: 'reasoning' },
      { type: 'unsupported', feature: 'user' },
    ];
    expect((await mlx('m').doGenerate(options())).warnings).toMatchObject(expected);
    const [start] = await readAll((await mlx('m').doStream(options())).stream);
    expect(start).toMatchObject({ type: 'stream-start', warnings: expected });
  });
});
