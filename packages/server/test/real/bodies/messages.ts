/** Bodies of `/v1/messages` as agents, editors and SDKs send them. */
import { PIXEL } from '../../support/images.js';

const text = (words: string, more: object = {}) => ({ type: 'text', text: words, ...more });
const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown) => ({ role: 'assistant', content });
const hello = user('Hello');
const schema = { type: 'object', properties: { city: { type: 'string' } } };
const look = { name: 'look', description: 'Looks', input_schema: schema };
const use = { type: 'tool_use', id: 'toolu_01A', name: 'look', input: { city: 'Rome' } };
const picture = {
  type: 'image',
  source: { type: 'base64', media_type: 'image/png', data: PIXEL },
};
const plain = {
  type: 'document',
  source: { type: 'text', media_type: 'text/plain', data: 'Rules of chess' },
};
const found = {
  type: 'search_result',
  source: 'https://a.example',
  title: 'Rules',
  content: [text('of chess')],
};

const result = (content: unknown, more: object = {}) => ({
  messages: [
    hello,
    assistant([use]),
    user([{ type: 'tool_result', tool_use_id: use.id, content, ...more }]),
  ],
});
const turn = (...content: object[]) => ({ messages: [user([...content, text('Hello')])] });
const answered = (...content: object[]) => ({ messages: [hello, assistant(content), hello] });
const tools = (...more: object[]) => ({ tools: [look, ...more] });

const hosted = {
  web_search_20250305: { name: 'web_search', max_uses: 3 },
  bash_20250124: { name: 'bash' },
  text_editor_20250728: { name: 'str_replace_based_edit_tool' },
  memory_20250818: { name: 'memory' },
  tool_search_tool_regex_20251119: { name: 'tool_search' },
  mcp_toolset: { mcp_server_name: 'files' },
};

const everything = {
  system: [text('You help.', { cache_control: { type: 'ephemeral' } })],
  context_management: { edits: [] },
  output_config: { effort: 'low' },
  thinking: { type: 'adaptive', display: 'summarized' },
  metadata: { user_id: `user_${'a'.repeat(195)}` },
  cache_control: { type: 'ephemeral' },
  ...tools({ ...look, name: 'other', cache_control: { type: 'ephemeral' } }),
};

export const messageBodies: Record<string, object> = {
  'a system turn inside': { messages: [hello, { role: 'system', content: 'Be brief.' }, hello] },
  'a system turn of parts inside': {
    messages: [hello, { role: 'system', content: [text('Be '), text('brief.')] }, hello],
  },
  'context management': { context_management: { edits: [] } },
  'an effort': { output_config: { effort: 'low' } },
  'thoughts that are shown': { thinking: { type: 'adaptive', display: 'summarized' } },
  'thoughts of a model that has none': { thinking: { type: 'enabled', budget_tokens: 1024 } },
  'a speed': { speed: 'fast' },
  'all of an agent’s fields': everything,
  nulls: {
    system: null,
    tools: null,
    tool_choice: null,
    stop_sequences: null,
    temperature: null,
    stream: null,
  },
  ...Object.fromEntries(
    Object.entries(hosted).map(([type, more]) => [
      `the hosted tool ${type} beside another`,
      tools({ type, ...more }),
    ]),
  ),
  'a tool that is loaded later': tools({ ...look, name: 'later', defer_loading: true }),
  'a tool whose input is streamed': tools({ ...look, name: 'b', eager_input_streaming: true }),
  'a tool with examples': tools({ ...look, name: 'b', input_examples: [] }),
  'a tool with callers': tools({ ...look, name: 'b', allowed_callers: ['direct'] }),
  'a tool without a schema': tools({ name: 'b' }),
  'a tool of nulls': tools({ name: 'b', input_schema: null, description: null, strict: null }),
  'a picture in a turn': turn(picture),
  'a picture in a result': result([text('Here:'), picture]),
  'a result of nothing': result(null, { is_error: null }),
  'a result of no parts': result([]),
  'a result that is an error': result('No such city', { is_error: true }),
  'two results and a text': {
    messages: [
      hello,
      assistant([use, { ...use, id: 'toolu_01B' }]),
      user([
        { type: 'tool_result', tool_use_id: use.id, content: 'sunny' },
        { type: 'tool_result', tool_use_id: 'toolu_01B', content: 'rainy' },
        text('And now?'),
      ]),
    ],
  },
  'a found tool': result([{ type: 'tool_reference', tool_name: 'look' }]),
  'a plain document': turn(plain),
  'a result of a search': turn(found),
  'thoughts without a signature': answered(
    { type: 'thinking', thinking: 'Hm.', signature: null },
    text('Hi'),
  ),
  'thoughts with an empty signature': answered(
    { type: 'thinking', thinking: 'Hm.', signature: '' },
    text(''),
  ),
  'hidden thoughts': answered({ type: 'redacted_thinking', data: 'abc' }, text('Hi')),
  'a hosted call and its result': answered(
    { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'q' } },
    { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
    text('Hi'),
  ),
};
