import { expect, test } from 'vitest';
import { longText } from '../src/prompts/long-text.ts';
import { storyPrompt } from '../src/prompts/story.ts';

test('a prompt depends on its name and on nothing else', () => {
  expect(storyPrompt('a')).toEqual(storyPrompt('a'));
  expect(storyPrompt('a')).not.toEqual(storyPrompt('b'));
});

test('long texts have a word per token asked for', () => {
  expect(longText('a', 1000).split(' ')).toHaveLength(1000);
});
