import type { HttpError } from '../http/http-error.js';
import type { StartBody } from '../sse/body-sink.js';
import type { RequestRecord } from '../watch/request-record.js';
import type { Work } from '../work-tracker.js';
import type { AnswerSource } from './answer-source.js';
import type { AnswerWriter, StreamWriter } from './answer-writer.js';

const OK = 200;

/** How an answer is told of that is written when its request has been answered. */
export interface Background {
  /** What the request is answered with. */
  begin(): Promise<object>;
  failed(error: HttpError): void;
  /** A body that tells what is written, instead of what was begun; absent: none is wanted. */
  readonly follow?: ((options: { readonly stallTimeoutMs: number }) => StartBody) | undefined;
}

export interface LaterAnswer {
  readonly answers: AnswerSource;
  readonly writer: AnswerWriter;
  readonly background: Background;
  readonly work: Work;
  readonly record: RequestRecord;
  readonly describe: (error: unknown) => HttpError;
}

/** Begins an answer that goes on, whether or not its client stays. */
export async function answerLater(answer: LaterAnswer): Promise<object> {
  const { background, work, record } = answer;
  work.detach();
  record.goesOn = true;
  const begun = await background.begin();
  void write(answer);
  return begun;
}

async function write({ answers, writer, background, work, record, describe }: LaterAnswer) {
  try {
    if (background.follow) await writeEvents(writer.stream(), answers);
    else await writer.body(answers);
  } catch (error) {
    background.failed(describe(error));
  } finally {
    work.finish();
    record.end(OK, answers.tokens);
    await answers.return();
  }
}

/** Whoever follows the events keeps them: their text goes nowhere else. */
async function writeEvents(stream: StreamWriter, answers: AnswerSource): Promise<void> {
  await stream.opening();
  for await (const chunk of answers) stream.add(chunk);
  stream.ending();
}
