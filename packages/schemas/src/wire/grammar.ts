import * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { On, Text, literal } from '../common/shared.js';

/** Longest grammar, in characters. Larger ones take longer to compile than a request may take. */
const GrammarText = Text.min(1).max(8_000_000);

/** What the answer has to look like, token by token. */
export const WireGrammarSchema = z.discriminatedUnion('type', [
  strictObject({
    type: literal('json_schema'),
    /** The schema as JSON text, so that numbers and the order of keys arrive as they were written. */
    schema: GrammarText,
    /** A keyword that cannot be held is refused; false: it is left to whoever reads the answer. */
    strict: On,
  }),
  strictObject({
    type: literal('regex'),
    /** Matches the whole answer. */
    pattern: GrammarText,
  }),
  strictObject({
    type: literal('choice'),
    /** The possible answers. */
    choices: z.array(Text.max(100_000)).min(1).max(10_000),
  }),
  strictObject({
    type: literal('lark'),
    /** A Lark grammar; its rule `start` is the answer. */
    grammar: GrammarText,
  }),
]);
export type WireGrammar = z.infer<typeof WireGrammarSchema>;
