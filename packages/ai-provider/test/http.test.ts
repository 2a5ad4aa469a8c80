import { APICallError } from 'ai';
import { describe, expect, it } from 'vitest';
import { createMlx, type MlxHttpSettings } from '../src/index.js';
import { options, readAll } from './support/calls.js';

interface Sent {
  readonly url: string;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** A server that gives one answer and keeps what it was sent. */
function server(answer: () => Response | Promise<Response>, settings: MlxHttpSettings = {}) {
  const sent: Sent[] = [];
  const fetch = async (url: unknown, init: RequestInit & { body?: unknown } = {}) => {
    const body = JSON.parse(init.body as string) as Record<string, unknown>;
    sent.push({ url: String(url), headers: new Headers(init.headers), body });
    return answer();
  };
  return { sent, mlx: createMlx({ ...settings, fetch }) };
}

const delta = (content: string, more: object = {}) =>
  `data: ${JSON.stringify({ id: 'x', model: 'm', created: 1, choices: [{ delta: { content }, ...more }] })}\n\n`;
const stop = delta('', { finish_reason: 'stop' });
const usage = `data: ${JSON.stringify({
  choices: [],
  usage: {
    prompt_tokens: 9,
    completion_tokens: 2,
    prompt_tokens_details: { cached_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 1 },
  },
})}\n\n`;
const done = 'data: [DONE]\n\n';

const event = (value: object) => `data: ${JSON.stringify({ choices: [{ delta: value }] })}\n\n`;

const stream = (...texts: (string | Uint8Array)[]) =>
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

const piece = (index: number, text: string, more: object = {}) =>
  event({ tool_calls: [{ index, ...more, function: { arguments: text, ...more } }] });

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

describe('an answer', () => {
  it('is read however its bytes are cut', async () => {
    const bytes = new TextEncoder().encode(
      `: keep-alive\r\n\r\n${delta('Grüße 👋').replaceAll('\n', '\r\n')}event: x\n${stop}${usage}${done}`,
    );
    for (let cut = 1; cut < bytes.length; cut += 7) {
      const { mlx } = server(() => stream(bytes.slice(0, cut), bytes.slice(cut)));
      const { content, finishReason, usage: counted } = await mlx('m').doGenerate(options());
      expect(content).toEqual([{ type: 'text', text: 'Grüße 👋' }]);
      expect(finishReason.unified).toBe('stop');
      expect(counted).toMatchObject({
        inputTokens: { total: 9, noCache: 5, cacheRead: 4 },
        outputTokens: { total: 2, text: 1, reasoning: 1 },
      });
    }
  });

  it('has thoughts and calls', async () => {
    const { mlx } = server(() =>
      stream(
        event({ reasoning_content: 'Hm', reasoning: 'Hm' }),
        piece(0, '{"a"', { id: 'c', name: 't' }),
        piece(0, ':1}'),
        delta('', { finish_reason: 'tool_calls' }),
        done,
      ),
    );
    const { content, finishReason } = await mlx('m').doGenerate(options());
    expect(content).toEqual([
      { type: 'reasoning', text: 'Hm' },
      { type: 'tool-call', toolCallId: 'c', toolName: 't', input: '{"a":1}' },
    ]);
    expect(finishReason.unified).toBe('tool-calls');
  });

  it('that ends without saying so was interrupted', async () => {
    for (const texts of [[delta('A')], [delta('A'), stop]]) {
      const { mlx } = server(() => stream(...texts));
      const { finishReason, content } = await mlx('m').doGenerate(options());
      expect(finishReason.unified).toBe('interrupted');
      expect(content).toEqual([{ type: 'text', text: 'A' }]);
    }
  });

  it('that breaks off is an error that may be tried again', async () => {
    let pulls = 0;
    const broken = () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            pulls += 1;
            if (pulls % 2 === 1) controller.enqueue(new TextEncoder().encode(delta('A')));
            else controller.error(new TypeError('terminated'));
          },
        }),
      );
    const { mlx } = server(broken);
    const parts = await readAll((await mlx('m').doStream(options())).stream);
    expect(parts.slice(-2)).toMatchObject([
      { type: 'error', error: { isRetryable: true, cause: { message: 'terminated' } } },
      { type: 'finish', finishReason: { unified: 'error' } },
    ]);
  });

  it('that is no JSON is an error', async () => {
    const { mlx } = server(() => stream('data: oops\n\n'));
    await expect(mlx('m').doGenerate(options())).rejects.toThrow('not JSON');
  });

  it.for([
    [{ message: 'Gone', type: 'overloaded_error', code: 'sidecar_crashed' }, true],
    [{ message: 'Late', type: 'server_error', code: 'timeout' }, true],
    [{ message: 'Bad', type: 'server_error', code: 'internal_error' }, false],
    [{ message: 'No', type: 'invalid_request_error', code: null }, false],
  ] as const)('tells an error in its own words: %j', async ([error, isRetryable]) => {
    const { mlx } = server(() => stream(delta('A'), `data: ${JSON.stringify({ error })}\n\n`));
    const parts = await readAll((await mlx('m').doStream(options())).stream);
    expect(parts.filter(({ type }) => type === 'error')).toMatchObject([
      { error: { message: error.message, isRetryable, data: error } },
    ]);
  });
});

describe('a refusal', () => {
  it.for([
    [429, {}, true],
    [503, {}, true],
    [500, { 'x-should-retry': 'false' }, false],
    [400, {}, false],
  ] as const)(
    'with status %i may be tried again or not',
    async ([status, headers, isRetryable]) => {
      const body = JSON.stringify({ error: { message: 'Own words', type: 't', code: 'c' } });
      const { mlx } = server(() => new Response(body, { status, headers }));
      const failure = mlx('m').doStream(options());
      await expect(failure).rejects.toSatisfy((error) => APICallError.isInstance(error));
      await expect(failure).rejects.toMatchObject({
        message: 'Own words',
        statusCode: status,
        isRetryable,
        data: { code: 'c' },
      });
    },
  );

  it.for([
    ['{"error":"plain words"}', 'plain words'],
    ['<html>Bad gateway</html>', '502: <html>Bad gateway</html>'],
    ['', 'The server answered 502 Bad Gateway'],
    ['[]', '502: []'],
  ] as const)('of a proxy keeps its words: %j', async ([body, message]) => {
    const { mlx } = server(() => new Response(body, { status: 502, statusText: 'Bad Gateway' }));
    await expect(mlx('m').doGenerate(options())).rejects.toMatchObject({ message });
  });

  it('by the network names the address, and may be tried again', async () => {
    const { mlx } = server(() => {
      throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
    });
    await expect(mlx('m').doGenerate(options())).rejects.toMatchObject({
      message:
        'No server answers at http://127.0.0.1:8484/v1/chat/completions: connect ECONNREFUSED',
      isRetryable: true,
    });
  });

  it('by the caller is the reason of the signal', async () => {
    const { mlx } = server(() => {
      throw new DOMException('aborted', 'AbortError');
    });
    const abortSignal = AbortSignal.abort(new Error('enough'));
    await expect(mlx('m').doGenerate(options({ abortSignal }))).rejects.toThrow('enough');
  });
});
