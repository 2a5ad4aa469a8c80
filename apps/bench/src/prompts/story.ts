import type { ChatMessage } from '../client/completion-request.ts';
import { namedRandom, pick } from './random.ts';

const CHARACTERS = [
  'clockmaker',
  'fisherman',
  'young fox',
  'retired pilot',
  'gardener',
  'lighthouse keeper',
  'street musician',
  'librarian',
  'beekeeper',
  'mountain guide',
] as const;
const PLACES = [
  'a village below a glacier',
  'a harbour town in autumn',
  'an island without a name',
  'the last house of a long valley',
  'a city built on bridges',
  'a forest that never sleeps',
  'a desert railway station',
  'the top floor of an old hotel',
] as const;
const EVENTS = [
  'finds a letter that was written a hundred years ago',
  'learns that the river has changed its course',
  'has to deliver a parcel before the first snow',
  'hears the same song from every window',
  'discovers a door behind the wardrobe',
  'promises to keep a secret for a stranger',
  'wakes up and nobody remembers the day before',
] as const;

/**
 * A request for a long story: an answer that no small model ends within the
 * few hundred tokens that benchmarks ask for, so that neither side is timed on
 * fewer tokens. The same name gives the same prompt; different names differ
 * early, so that no prefix cache turns a round into a repetition.
 */
export function storyPrompt(name: string): ChatMessage[] {
  const random = namedRandom(name);
  const chapter = 2 + Math.floor(random() * 997);
  const content =
    `Chapter ${chapter}. Write a very long and detailed story about a ${pick(random, CHARACTERS)} ` +
    `in ${pick(random, PLACES)} who ${pick(random, EVENTS)}. ` +
    'Describe every place, every person and every conversation at length.';
  return [{ role: 'user', content }];
}
