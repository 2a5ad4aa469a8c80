import type { HttpError } from '../http/http-error.js';
import type { BodyWriter } from '../sse/body-writer.js';
import type { AnswerSource } from './answer-source.js';
import type { AnswerWriter } from './answer-writer.js';

/**
 * Writes answers as they come, as fast as the client takes them. A stream that
 * fails ends with an error event instead of the one that means success.
 */
export async function writeStream(
  answers: AnswerSource,
  writer: AnswerWriter,
  body: BodyWriter,
  describe: (error: unknown) => HttpError,
): Promise<void> {
  try {
    await writeAll(answers, writer, body);
  } catch (error) {
    body.write(writer.errorEvent(describe(error)));
  }
  body.end();
  await answers.return();
}

async function writeAll(
  answers: AnswerSource,
  writer: AnswerWriter,
  body: BodyWriter,
): Promise<void> {
  const stream = writer.stream();
  body.write(await stream.opening());
  for (let next = await answers.next(); next.done !== true; next = await answers.next()) {
    body.write(stream.add(next.value));
    if (body.full) await body.room();
    if (body.over) return;
  }
  body.write(stream.ending());
}
