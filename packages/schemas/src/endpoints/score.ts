import * as z from 'zod';
import { nonEmptyListOf } from '../common/lists.js';
import { openObject, strictObject } from '../common/objects.js';
import { NonEmptyString, NonNegativeInteger, NullishNonEmptyString } from '../common/primitives.js';
import { AnyNumber, Text, literal } from '../common/shared.js';
import { MAX_TEXTS } from '../pooling/input.js';

const Queries = z.union([NonEmptyString, nonEmptyListOf(NonEmptyString, MAX_TEXTS)]);
const Documents = z.union([Text, nonEmptyListOf(Text, MAX_TEXTS)]);

/** Body of `POST /v1/score` as vLLM has it: one text beside many, or pairs. */
export const ScoreBodySchema = strictObject({
  model: NonEmptyString,
  text_1: Queries,
  text_2: Documents,
  /** What makes the second text relevant to the first. */
  instruction: NullishNonEmptyString,
});
export type ScoreBody = z.infer<typeof ScoreBodySchema>;

export const ScoreListSchema = openObject({
  id: Text,
  object: literal('list'),
  /** Seconds since the Unix epoch. */
  created: NonNegativeInteger,
  model: Text,
  /** One for each pair, in their order. */
  data: z.array(
    openObject({ index: NonNegativeInteger, object: literal('score'), score: AnyNumber }),
  ),
  usage: openObject({ prompt_tokens: NonNegativeInteger, total_tokens: NonNegativeInteger }),
});
export type ScoreList = z.infer<typeof ScoreListSchema>;
