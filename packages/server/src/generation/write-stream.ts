import type { HttpError } from '../http/http-error.js';
import type { BodyWriter } from '../sse/body-writer.js';
import type { AnswerSource } from './answer-source.js';
import type { AnswerWriter } from './answer-writer.js';

export interface StreamedAnswers {
  readonly answers: AnswerSource;
  readonly writer: AnswerWriter;
  readonly body: BodyWriter;
  readonly describe: (error: unknown) => HttpError;
  /** Called when the engine has done its part, before the client sees the end. */
  readonly finish: () => void;
}

/**
 * Writes answers as they come, as fast as the client takes them. A stream that
 * fails ends with an error event instead of the one that means success.
 */
export async function writeStream(streamed: StreamedAnswers): Promise<void> {
  const { answers, writer, body, describe, finish } = streamed;
  try {
    await writeAll(answers, writer, body);
  } catch (error) {
    body.write(writer.errorEvent(describe(error)));
  } finally {
    finish();
    body.end();
    await answers.return();
  }
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
