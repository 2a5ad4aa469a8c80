import type { AnswerWriter } from './answer-writer.js';
import type { AnswerChunk } from './chunks.js';
import { MismatchNames } from './mismatches.js';

/** An answer in one piece; its headers name what does not follow its schema. */
export async function wholeAnswer(
  writer: AnswerWriter,
  chunks: AsyncIterable<AnswerChunk>,
): Promise<Response> {
  const mismatches = new MismatchNames();
  const body = await writer.body(mismatches.of(chunks));
  return Response.json(body, { headers: mismatches.headers });
}
