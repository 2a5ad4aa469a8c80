import { expect, test } from 'vitest';
import { toRerankPrompt } from '../../src/pooling/rerank-prompt.js';

const request = { model: 'm', query: 'Q', documents: ['D'] };

test('a chat model is asked in its own form, without thinking', () => {
  expect(toRerankPrompt(request, 'D', true)).toMatchObject({
    type: 'chat',
    messages: [
      {
        role: 'system',
        content:
          'Judge whether the Document meets the requirements based on the Query and the Instruct provided. Note that the answer can only be "yes" or "no".',
      },
      {
        role: 'user',
        content:
          '<Instruct>: Given a web search query, retrieve relevant passages that answer the query\n<Query>: Q\n<Document>: D',
      },
    ],
    templateOptions: { enable_thinking: false },
  });
});

test('a model without a chat template is asked in plain text', () => {
  const prompt = toRerankPrompt({ ...request, instruction: 'I' }, 'D', false);
  expect(prompt).toMatchObject({
    type: 'text',
    text: expect.stringMatching(/<Instruct>: I\n<Query>: Q\n<Document>: D\n\nAnswer:$/),
  });
});
