import { expect, it } from 'vitest';
import { chatSampling } from '../../src/endpoints/index.js';

it('chats are calm where a model’s makers advise nothing', () => {
  const calm = { temperature: 0.4, top_p: 0.9 };
  expect(chatSampling(undefined)).toEqual(calm);
  expect(chatSampling({})).toEqual(calm);
  expect(chatSampling({ temperature: undefined })).toEqual(calm);
});

it('any advice of theirs stands alone', () => {
  expect(chatSampling({ top_k: 20 })).toEqual({});
  expect(chatSampling({ temperature: 0 })).toEqual({});
});
