import { namedRandom, pick } from './random.ts';

const WORDS =
  'time year people way day man thing woman life child world school state family student group ' +
  'country problem hand part place case week company system program question work number night ' +
  'point home water room mother area money story fact month lot right study book eye job word';
const VOCABULARY = WORDS.split(' ');

/**
 * Text of about `tokens` tokens: common words, each of which is one token of
 * every English vocabulary when a space precedes it. What a server really
 * counted is reported beside the result.
 */
export function longText(name: string, tokens: number): string {
  const random = namedRandom(name);
  return Array.from({ length: tokens }, () => pick(random, VOCABULARY)).join(' ');
}
