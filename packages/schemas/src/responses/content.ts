import * as z from 'zod';
import { openObject } from '../common/objects.js';
import { NullishText, Text, TextList, literal } from '../common/shared.js';

/** Parts of a turn; those that a text model cannot read are known, to be refused by name. */
export const ResponseContentPartSchema = z.discriminatedUnion('type', [
  openObject({ type: z.enum(['input_text', 'output_text', 'text']), text: Text }),
  openObject({ type: literal('refusal'), refusal: Text }),
  openObject({
    type: literal('input_image'),
    image_url: NullishText,
    file_id: NullishText,
    detail: NullishText,
  }),
  openObject({ type: z.enum(['input_file', 'input_audio', 'input_video']) }),
]);
export type ResponseContentPart = z.infer<typeof ResponseContentPartSchema>;

/** A part of a reasoning item: `summary_text`, or `reasoning_text` for the thoughts themselves. */
export const ReasoningPartSchema = openObject({ type: Text, text: Text });
export type ReasoningPart = z.infer<typeof ReasoningPartSchema>;

const LogprobEntry = {
  token: Text,
  logprob: z.number(),
  /** UTF-8 bytes of the token; empty where they are not known. */
  bytes: z.array(z.number()),
};

export const OutputTextSchema = openObject({
  type: literal('output_text'),
  text: Text,
  annotations: z.array(z.unknown()),
  logprobs: z
    .array(openObject({ ...LogprobEntry, top_logprobs: z.array(openObject(LogprobEntry)) }))
    .optional(),
});
export type OutputText = z.infer<typeof OutputTextSchema>;
export type OutputTextLogprob = NonNullable<OutputText['logprobs']>[number];

export const Include = TextList.nullish();
