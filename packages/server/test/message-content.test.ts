import { describe, expect, it } from 'vitest';
import { createHandler, type HandlerOptions } from '../src/index.js';
import { post } from './support/requests.js';
import { MODEL, ScriptedEngine } from './support/scripted-engine.js';
import { PIXEL } from './support/images.js';

function setUp(options: HandlerOptions = {}) {
  const engine = new ScriptedEngine();
  const handler = createHandler(engine, options);
  const ask = (body: object) =>
    handler.fetch(post('/v1/messages', { model: MODEL, max_tokens: 9, ...body }));
  return { engine, handler, ask };
}

/** What the model is given of these messages, and what is named as left out of them. */
async function read(messages: readonly object[], more: object = {}) {
  const { engine, ask } = setUp();
  const response = await ask({ messages, ...more });
  expect(await response.text()).not.toContain('"error"');
  return { turns: engine.calls[0]?.messages, ignored: response.headers.get('mlx-ignored') };
}

const text = (words: string) => ({ type: 'text', text: words });
const hello = { role: 'user', content: 'Hello' };
const call = { type: 'tool_use', id: 't1', name: 'look', input: {} };
const picture = {
  type: 'image',
  source: { type: 'base64', media_type: 'image/png', data: PIXEL },
};
const pdf = {
  type: 'document',
  source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERg==' },
};
const IMAGE_NOTE = '[image: not shown, because this model reads text only]';
const DOCUMENT_NOTE = '[document: not shown, because this model reads text only]';

describe('a system turn inside the messages', () => {
  it.each([
    'Be brief.',
    [{ ...text('Be '), cache_control: { type: 'ephemeral' } }, text('brief.')],
  ])('stays in its place: %j', async (content) => {
    const { turns } = await read([hello, { role: 'system', content }], { system: 'You help.' });
    expect(turns).toEqual([
      { role: 'system', content: 'You help.' },
      { role: 'user', content: 'Hello' },
      { role: 'system', content: 'Be brief.' },
    ]);
  });
});

describe('the line for the accounts of a client’s maker', () => {
  const line = 'x-anthropic-billing-header: cc_version=2.1.332.201; cc_entrypoint=sdk-cli;';

  it.each([
    { system: [text(line), text('You help.')] },
    { system: [text(`${line}\n\nYou help.`)] },
    { system: `${line}\nYou help.` },
  ])('is no part of the prompt: %j', async ({ system }) => {
    const { turns, ignored } = await read([hello], { system });
    expect(turns?.[0]).toEqual({ role: 'system', content: 'You help.' });
    expect(ignored).toBe('system[].x-anthropic-billing-header');
  });

  it('stays where it is text like any other', async () => {
    const { turns, ignored } = await read([hello], { system: `Never send "${line}"` });
    expect(turns?.[0]?.content).toContain(line);
    expect(ignored).toBeNull();
  });
});

/** What becomes of the result of a call. */
async function resultOf(result: object) {
  const { turns, ignored } = await read([
    hello,
    { role: 'assistant', content: [call] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', ...result }] },
  ]);
  return { result: turns?.at(-1), ignored };
}

describe('a tool result', () => {
  it.each([
    [{ content: 'ok' }, 'ok'],
    [{ content: [text('o'), text('k')] }, 'ok'],
    [{ content: [] }, ''],
    [{ content: null, is_error: null }, ''],
    [{}, ''],
    [{ content: 'no', is_error: true }, 'Error: no'],
    [{ content: 'ok', is_error: false }, 'ok'],
    [{ content: [{ type: 'tool_reference', tool_name: 'search' }] }, 'search\n'],
    [{ content: [text('see '), picture] }, `see ${IMAGE_NOTE}`],
    [{ content: [{ type: 'new_kind', data: 1 }, text('ok')] }, 'ok'],
  ])('%j is read as %j', async (result, expected) => {
    expect((await resultOf(result)).result).toEqual({
      role: 'tool',
      toolCallId: 't1',
      content: expected,
    });
  });

  it('with something unread names it', async () => {
    const content = [picture, pdf, { type: 'new_kind' }];
    expect((await resultOf({ content })).ignored).toBe(
      'messages[].content[].content[].new_kind, messages[].content[].document, messages[].content[].image',
    );
  });
});

describe('a block', () => {
  it.each([
    ['a picture', picture, IMAGE_NOTE],
    [
      'a picture elsewhere',
      { type: 'image', source: { type: 'url', url: 'https://a/b' } },
      IMAGE_NOTE,
    ],
    ['a drawn document', pdf, DOCUMENT_NOTE],
    [
      'a document elsewhere',
      { type: 'document', source: { type: 'file', file_id: 'f' } },
      DOCUMENT_NOTE,
    ],
    [
      'plain text',
      {
        type: 'document',
        title: 'Rules',
        context: 'Of chess',
        source: { type: 'text', media_type: 'text/plain', data: 'e4' },
      },
      '<document>\n<title>Rules</title>\n<context>Of chess</context>\n<content>e4</content>\n</document>\n',
    ],
    [
      'encoded text',
      {
        type: 'document',
        title: null,
        source: { type: 'base64', media_type: 'text/markdown', data: 'w6k=' },
      },
      '<document>\n<content>é</content>\n</document>\n',
    ],
    [
      'text and a picture',
      { type: 'document', source: { type: 'content', content: [text('a '), picture] } },
      `<document>\n<content>a [image: not shown, because nothing is fetched from an address]</content>\n</document>\n`,
    ],
    [
      'what a search found',
      {
        type: 'search_result',
        source: 'https://a',
        title: 'A',
        content: [text('b'), text('c')],
        citations: { enabled: true },
      },
      '<search_result>\n<title>A</title>\n<source>https://a</source>\n<content>bc</content>\n</search_result>\n',
    ],
  ])('of %s is read as text', async (_, block, expected) => {
    const { turns } = await read([{ role: 'user', content: [block] }]);
    expect(turns).toEqual([{ role: 'user', content: expected }]);
  });

  it('that only the vendor’s service has is left out and named', async () => {
    const { turns, ignored } = await read([
      hello,
      {
        role: 'assistant',
        content: [
          { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
          { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
          text('Found.'),
        ],
      },
      { role: 'user', content: [{ type: 'container_upload', file_id: 'f' }, text('And?')] },
    ]);
    expect(turns?.slice(1)).toEqual([
      { role: 'assistant', content: 'Found.' },
      { role: 'user', content: 'And?' },
    ]);
    expect(ignored).toBe(
      'messages[].content[].server_tool_use, messages[].content[].web_search_tool_result, messages[].content[].container_upload',
    );
  });

  it('that cannot be read is refused where the request is to be read strictly', async () => {
    const { engine, ask } = setUp({ strict: true });
    for (const block of [picture, { type: 'server_tool_use' }]) {
      const response = await ask({ messages: [hello, { role: 'user', content: [block] }] });
      expect(response.status).toBe(400);
      expect(await response.text()).toContain("'messages.1.content.0'");
    }
    expect(engine.calls).toEqual([]);
  });
});

describe('an assistant turn', () => {
  it.each([
    [null, []],
    [[], []],
    [[{ type: 'redacted_thinking', data: 'x' }], []],
    [
      [{ type: 'thinking', thinking: 'hm', signature: null }, text('yes')],
      [{ role: 'assistant', reasoning: 'hm', content: 'yes' }],
    ],
    [
      [{ type: 'thinking', thinking: '', signature: '' }, text('yes')],
      [{ role: 'assistant', content: 'yes' }],
    ],
    [
      [{ ...call, input: null, caller: { type: 'direct' } }],
      [
        {
          role: 'assistant',
          content: null,
          toolCalls: [{ id: 't1', name: 'look', arguments: '{}' }],
        },
      ],
    ],
  ])('of %j becomes %j', async (content, expected) => {
    const { turns } = await read([hello, { role: 'assistant', content }, hello]);
    expect(turns?.slice(1, -1)).toEqual(expected);
  });
});

describe('a last turn of the assistant', () => {
  const begun = { role: 'assistant', content: [text('1, 2,')] };

  it('is what the answer goes on from, and is counted so', async () => {
    const { engine, handler, ask } = setUp();
    await ask({ messages: [hello, begun] });
    expect(engine.calls[0]).toMatchObject({
      messages: [{ role: 'user' }, { role: 'assistant', content: '1, 2,' }],
      continueFinalMessage: true,
    });
    const counted: unknown[] = [];
    engine.countTokens = async (request) => counted.push(request);
    const body = { model: MODEL, messages: [hello, begun] };
    await handler.fetch(post('/v1/messages/count_tokens', body));
    expect(counted).toMatchObject([{ continueFinalMessage: true }]);
  });

  it.each([{ content: '' }, { content: [call] }])('%j is none to go on from', async (turn) => {
    const { engine, ask } = setUp();
    await ask({ messages: [hello, { role: 'assistant', ...turn }] });
    expect(engine.calls[0]).not.toHaveProperty('continueFinalMessage');
  });

  it('and a typed answer do not go together', async () => {
    const { ask } = setUp();
    const format = { type: 'json_schema', schema: { type: 'integer' } };
    const response = await ask({ messages: [hello, begun], output_config: { format } });
    expect(response.status).toBe(400);
  });
});

it('messages of which the model could read nothing are refused', async () => {
  const { ask } = setUp();
  const response = await ask({ messages: [{ role: 'user', content: [{ type: 'new_kind' }] }] });
  expect(response.status).toBe(400);
});
