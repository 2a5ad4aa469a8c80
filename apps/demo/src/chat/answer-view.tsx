import { useDeferredValue } from 'react';
import { RetryIcon } from '../layout/icons.js';
import type { Answer, AnswerSpeed } from './conversation.js';
import { CopyButton } from './copy-button.js';
import { Markdown } from './markdown.js';

interface AnswerViewProps {
  readonly answer: Answer;
  /** Absent for answers that later turns build on. */
  readonly onRetry?: (() => void) | undefined;
}

export function AnswerView({ answer, onRetry }: AnswerViewProps) {
  const running = answer.state === 'waiting' || answer.state === 'streaming';
  // Clicks and keys go first; a fast model must not keep the page from being used.
  const text = useDeferredValue(answer.text);
  return (
    <article className="answer" data-state={answer.state} aria-busy={running}>
      {answer.state === 'waiting' && <Waiting />}
      {answer.reasoning && <Reasoning text={answer.reasoning} thinking={running && text === ''} />}
      <Markdown text={text} />
      {answer.note && (
        <p className={`note ${answer.state}`} role={answer.state === 'failed' ? 'alert' : 'note'}>
          {answer.note}
        </p>
      )}
      <footer className="answer-footer">
        {!running && answer.text !== '' && <CopyButton text={answer.text} />}
        {!running && onRetry && (
          <button
            type="button"
            className="icon-button small"
            aria-label="Try again"
            title="Try again"
            onClick={onRetry}
          >
            <RetryIcon />
          </button>
        )}
        {answer.state === 'stopped' && <span className="stat">Stopped</span>}
        {answer.speed && <Speed speed={answer.speed} />}
      </footer>
    </article>
  );
}

interface ReasoningProps {
  readonly text: string;
  readonly thinking: boolean;
}

/** Plain text: thoughts are drafts, and folded away until asked for. */
function Reasoning({ text, thinking }: ReasoningProps) {
  return (
    <details className="reasoning">
      <summary>{thinking ? 'Thinking…' : 'Thoughts'}</summary>
      <p>{text}</p>
    </details>
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
    <>
      {tokensPerSecond !== undefined && (
        <span className="stat" data-testid="tokens-per-second">
          {tokensPerSecond.toFixed(1)} tokens/s
        </span>
      )}
      <span className="stat" data-testid="first-token">
        first token {formatDuration(timeToFirstTokenMs)}
      </span>
      <span className="stat">{tokens === 1 ? '1 token' : `${tokens} tokens`}</span>
    </>
  );
}

function formatDuration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
