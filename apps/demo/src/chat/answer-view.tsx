import { useDeferredValue } from 'react';
import { ContinueIcon, RetryIcon } from '../layout/icons.js';
import { IconButton } from '../layout/icon-button.js';
import { textOf } from '../conversation/exchange.js';
import { isShown } from '../conversation/request-messages.js';
import type { Answer, AnswerSpeed, Conversation, Round } from '../conversation/schema.js';
import { isRunning } from '../conversation/settle.js';
import { shortName } from '../models/model-list.js';
import { continueAnswer, regenerate } from './chat-actions.js';
import { focusComposer } from './composer.js';
import { CallView } from './call-view.js';
import { CopyButton } from './copy-button.js';
import { FullContext } from './full-context.js';
import { Markdown } from './markdown.js';
import { VariantSwitch } from './variant-switch.js';

interface AnswerViewProps {
  readonly conversation: Conversation;
  readonly answer: Answer;
  readonly isLast: boolean;
}

export function AnswerView({ conversation, answer, isLast }: AnswerViewProps) {
  const running = isRunning(answer);
  return (
    <article
      className="answer"
      data-state={answer.state}
      aria-busy={running}
      aria-label={shortName(answer.model) || 'Answer'}
    >
      <p className="speaker">{shortName(answer.model)}</p>
      {answer.rounds.map((round, index) => (
        <RoundView
          key={index}
          round={round}
          running={running && index === answer.rounds.length - 1}
          answering={running}
        />
      ))}
      <Notes answer={answer} />
      {isLast && answer.contextFull && <FullContext conversation={conversation} />}
      <Footer conversation={conversation} answer={answer} isLast={isLast} />
    </article>
  );
}

function Notes({ answer }: { readonly answer: Answer }) {
  const { state, note } = answer;
  const leftOut = !isRunning(answer) && !isShown(answer);
  return (
    <>
      {note && (
        <p className={`note ${state}`} role={state === 'failed' ? 'alert' : 'note'}>
          {note}
        </p>
      )}
      {leftOut && (
        <p className="left-out">
          {state === 'stopped' ? 'Stopped. ' : ''}The model does not see this turn in what follows.
        </p>
      )}
    </>
  );
}

function Footer({ conversation, answer, isLast }: AnswerViewProps) {
  const text = textOf(answer);
  if (isRunning(answer)) {
    return (
      <footer className="answer-footer">{answer.speed && <Speed speed={answer.speed} />}</footer>
    );
  }
  return (
    <footer className="answer-footer">
      <VariantSwitch conversation={conversation} message={answer} />
      {text !== '' && <CopyButton text={text} />}
      <IconButton
        className="small"
        label="Try again"
        onClick={() => {
          if (answer.parent !== null) regenerate(conversation, answer.parent);
          focusComposer();
        }}
      >
        <RetryIcon />
      </IconButton>
      {isLast && canContinue(answer) && (
        <IconButton
          className="small"
          label="Continue"
          onClick={() => {
            continueAnswer(conversation, answer);
            focusComposer();
          }}
        >
          <ContinueIcon />
        </IconButton>
      )}
      {answer.speed && <Speed speed={answer.speed} />}
    </footer>
  );
}

/** What ended before its end, and in text: a call cannot be gone on with. */
function canContinue({ state, rounds, contextFull }: Answer): boolean {
  const last = rounds.at(-1);
  return state !== 'done' && !contextFull && last?.text !== '' && last?.calls.length === 0;
}

interface RoundViewProps {
  readonly round: Round;
  readonly running: boolean;
  /** The answer that it belongs to is being written. */
  readonly answering: boolean;
}

function RoundView({ round, running, answering }: RoundViewProps) {
  // Clicks and keys go first; a fast model must not keep the page from being used. An answer
  // that has ended is shown whole at once.
  const deferred = useDeferredValue(round.text);
  const text = answering ? deferred : round.text;
  const empty = round.text === '' && round.reasoning === '' && round.calls.length === 0;
  return (
    <>
      {round.reasoning && (
        <details className="reasoning">
          <summary>{running && text === '' ? 'Reasoning…' : 'Reasoning'}</summary>
          <p>{round.reasoning}</p>
        </details>
      )}
      <Markdown text={text} />
      {round.calls.map((call) => (
        <CallView key={call.id} call={call} answering={answering} />
      ))}
      {running && empty && <Waiting />}
    </>
  );
}

function Waiting() {
  return (
    <span className="waiting" role="img" aria-label="Waiting for the first word">
      <i />
      <i />
      <i />
    </span>
  );
}

function Speed({ speed }: { readonly speed: AnswerSpeed }) {
  const { tokensPerSecond, timeToFirstTokenMs, tokens } = speed;
  return (
    <span className="stats">
      {tokensPerSecond !== undefined && (
        <span className="stat" data-testid="tokens-per-second">
          {tokensPerSecond.toFixed(1)} tokens/s
        </span>
      )}
      <span className="stat" data-testid="first-token">
        first token {formatDuration(timeToFirstTokenMs)}
      </span>
      <span className="stat">{tokens === 1 ? '1 token' : `${tokens} tokens`}</span>
    </span>
  );
}

function formatDuration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
