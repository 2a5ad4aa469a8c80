/** Bodies with one fault: where, what, and the field that the client named it by. */

const messages = [{ role: 'user', content: 'Hello' }];
const chat = (body: object) => ['/v1/chat/completions', { messages, ...body }] as const;
const strictTool = (parameters: object) => ({
  tools: [
    { type: 'function', function: { name: 'good' } },
    { type: 'function', function: { name: 'bad', strict: true, parameters } },
  ],
});
/** More tokens than the model's context has. */
const long = 'city '.repeat(33_000);
const twice = { type: 'object', properties: { a: { type: 'array', uniqueItems: true } } };

export const refusals: Record<string, readonly [path: string, body: object, param: string]> = {
  'a bias for a word': [...chat({ logit_bias: { abc: 1 } }), 'logit_bias.abc'],
  'a bias for no token': [...chat({ logit_bias: { 999_999: 1 } }), 'logit_bias.999999'],
  'a token that the model has not': [
    '/v1/completions',
    { prompt: [[999_999]], max_tokens: 1 },
    'prompt',
  ],
  'a strict tool that cannot be held': [...chat(strictTool(twice)), 'tools.1.function.parameters'],
  'a name of no tool': [
    ...chat({
      tools: [{ type: 'function', function: { name: 'good' } }],
      tool_choice: { type: 'function', function: { name: 'other' } },
    }),
    'tool_choice.function.name',
  ],
  'a conversation that is too long': [
    ...chat({ messages: [...messages, { role: 'user', content: long }] }),
    'messages',
  ],
  'a text that is too long': ['/v1/completions', { prompt: long, max_tokens: 1 }, 'prompt'],
  'an input that is too long': ['/v1/responses', { input: long }, 'input'],
  'a limit of no number': [...chat({ max_tokens: 'many' }), 'max_tokens'],
  'a strict form that cannot be held': [
    ...chat({
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'a', strict: true, schema: twice },
      },
    }),
    'response_format',
  ],
};
