/** Bodies about texts, as clients of other services send them: where, and what. */

const documents = ['A cat sleeps.', { text: 'Rome is a city.', id: 7 }, 'A kitten naps.'];
const query = 'Where do cats sleep?';

export const textBodies: Record<string, readonly [path: string, body: object]> = {
  'a text to embed': ['/v1/embeddings', { input: 'a' }],
  'tokens to embed': ['/v1/embeddings', { input: [[504, 3575], [28]] }],
  'two thousand texts to embed': [
    '/v1/embeddings',
    { input: Array.from({ length: 2048 }, () => 'a') },
  ],
  'hints of other embedders': [
    '/v1/embeddings',
    { input: 'a', input_type: 'query', truncate: 'END', keep_alive: '5m', user: null },
  ],
  'documents with keys of their own': ['/v1/rerank', { query, documents }],
  'a document of nothing': ['/v1/rerank', { query, documents: ['', { text: '' }, 'A cat.'] }],
  'nothing to score': ['/v1/score', { text_1: query, text_2: ['', 'A cat.'] }],
  'a limit for each document': ['/v1/rerank', { query, documents, max_tokens_per_doc: 512 }],
  'more results than documents': ['/v1/rerank', { query, documents, top_n: 10 }],
  'no limit of results': ['/v1/rerank', { query, documents, top_n: 0 }],
  'nulls of a reranker': ['/v1/rerank', { query, documents, top_n: null, return_documents: null }],
  'another address for it': ['/rerank', { query, documents }],
  'a further address for it': ['/v2/rerank', { query, documents }],
};

export const refusedTexts: Record<string, readonly [path: string, body: object, words: string]> = {
  'an empty text': ['/v1/embeddings', { input: ['a', ''] }, 'input.1'],
  'more texts than may come at once': [
    '/v1/embeddings',
    { input: Array.from({ length: 2049 }, () => 'a') },
    '2048',
  ],
  'a query of nothing': ['/v1/rerank', { query: '', documents }, 'query'],
  'no documents': ['/v1/rerank', { query, documents: [] }, 'documents'],
};
