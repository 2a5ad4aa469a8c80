/** Bodies of `/v1/chat/completions` as editors, SDKs and agents send them. */

const hello = { role: 'user', content: 'Hello' };
const part = (type: string, words: string) => ({ type, text: words });
const call = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{}' } };

const answered = (message: object) => ({
  messages: [hello, { role: 'assistant', ...message }, hello],
});
const result = (message: object) => ({
  messages: [
    hello,
    { role: 'assistant', tool_calls: [call] },
    { role: 'tool', tool_call_id: 'call_1', ...message },
  ],
});
const tool = (inside: object, outside: object = {}) => ({
  tools: [
    { type: 'function', function: { name: 'look', parameters: { type: 'object' } } },
    { type: 'function', function: { name: 'f', ...inside }, ...outside },
  ],
});
const formed = (format: object) => ({ response_format: format });
const schema = { type: 'object', properties: { a: { type: 'string' } } };
const look = { type: 'function', function: { name: 'look', parameters: schema } };
const typed = formed({ type: 'json_schema', json_schema: { name: 'form', schema } });

const hints = {
  prompt_cache_key: 'a',
  prompt_cache_retention: '24h',
  store: true,
  metadata: { project: 'a' },
  safety_identifier: 'a',
  verbosity: 'low',
  service_tier: 'flex',
};
const dumped = {
  content: 'Hi',
  refusal: null,
  annotations: null,
  audio: null,
  function_call: null,
  tool_calls: null,
  name: null,
};

export const chatBodies: Record<string, object> = {
  ...Object.fromEntries(
    Object.entries(hints).map(([name, value]) => [`the hint ${name}`, { [name]: value }]),
  ),
  'all hints together': { ...hints, service_tier: 'priority' },
  'statistics of a stream': {
    stream: true,
    stream_options: { include_usage: true, continuous_usage_stats: true },
  },
  'padding of a stream': { stream: true, stream_options: { include_obfuscation: true } },
  'options of a stream that say nothing': { stream: true, stream_options: { include_usage: null } },
  'options of a stream without one': { stream_options: {} },
  'choices of tools without tools': { tool_choice: 'auto', parallel_tool_calls: true },
  'an answer as an SDK dumps it': answered(dumped),
  'names of null': {
    messages: [
      { role: 'system', name: null, content: 'Help.' },
      { ...hello, name: null },
    ],
  },
  'an answer of null': answered({ content: null }),
  'an answer without content': answered({}),
  'an answer of thoughts alone': answered({ content: null, reasoning_content: 'Hm.' }),
  'an answer without calls': answered({ content: null, tool_calls: [] }),
  'an answer of no parts': answered({ content: [] }),
  'parts of thoughts': answered({ content: [part('reasoning', 'Hm.'), part('text', 'Hi')] }),
  'parts of other APIs': {
    messages: [{ role: 'user', content: [part('input_text', 'Hello')] }],
  },
  'a call without a type': answered({ tool_calls: [{ ...call, type: undefined }] }),
  'a result of null': result({ content: null }),
  'a result of nothing': result({}),
  'a result of no parts': result({ content: [] }),
  'a system turn of no parts': { messages: [{ role: 'system', content: [] }, hello] },
  'a tool of nulls': tool({ parameters: null, description: null, strict: null }),
  'a tool whose object says null': tool({
    parameters: { type: 'object', properties: null, required: null },
  }),
  'a tool with marks for a cache': tool(
    { cache_control: { type: 'ephemeral' } },
    { cache_control: { type: 'ephemeral' } },
  ),
  'a tool with notes of other protocols': tool(
    { annotations: { readOnlyHint: true }, returns: { type: 'string' } },
    { defer_loading: true },
  ),
  'no stop texts': { stop: [] },
  'a stop text of nothing': { stop: '' },
  'stop texts of which one is nothing': { stop: ['\n', ''] },
  'no limit of choices': { top_k: -1 },
  'no limit of tokens': { max_tokens: -1, max_completion_tokens: 1 },
  'two limits': { max_tokens: 5, max_completion_tokens: 1 },
  'a seed of more than 53 bits': { seed: 2 ** 60 },
  'an object of a schema': formed({ type: 'json_object', schema }),
  'a form without a name': formed({ type: 'json_schema', json_schema: { schema } }),
  'a form that is strict beside': formed({
    type: 'json_schema',
    strict: true,
    json_schema: { name: 'form', schema },
  }),
  'a form straight under its type': formed({ type: 'json_schema', schema }),
  'a form with a generic’s name': formed({
    type: 'json_schema',
    json_schema: { name: `List[${'Item'.repeat(20)}] of mine`, schema, description: null },
  }),
  'a form beside tools': { ...typed, tools: [look] },
  'an object beside tools': { ...formed({ type: 'json_object' }), tools: [look] },
  'a form beside tools that must be called': { ...typed, tools: [look], tool_choice: 'required' },
  'a form beside tools that may not be called': { ...typed, tools: [look], tool_choice: 'none' },
};
