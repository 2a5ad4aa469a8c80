import { DownIcon } from '../layout/icons.js';
import { AnswerView } from './answer-view.js';
import type { Message } from './conversation.js';
import { useStickToEnd } from './use-stick-to-end.js';

interface MessageListProps {
  readonly messages: readonly Message[];
  readonly onRetry: () => void;
}

export function MessageList({ messages, onRetry }: MessageListProps) {
  const { container, atEnd, toEnd } = useStickToEnd(messages.length);
  const last = messages.at(-1);
  return (
    <div className="message-scroll" ref={container}>
      <ol className="messages" aria-label="Conversation">
        {messages.map((message) => (
          <li key={message.id} className={`message ${message.role}`}>
            {message.role === 'user' ? (
              <p className="question">{message.text}</p>
            ) : (
              <AnswerView answer={message} onRetry={message === last ? onRetry : undefined} />
            )}
          </li>
        ))}
      </ol>
      {!atEnd && (
        <button type="button" className="to-end" aria-label="Go to the end" onClick={toEnd}>
          <DownIcon />
        </button>
      )}
      <Announcement message={last} />
    </div>
  );
}

/** Tells screen readers when an answer begins and reads it out once it is whole. */
function Announcement({ message }: { readonly message: Message | undefined }) {
  const text =
    message?.role !== 'assistant'
      ? ''
      : message.state === 'waiting' || message.state === 'streaming'
        ? 'Answering'
        : message.text;
  return (
    <p className="visually-hidden" aria-live="polite">
      {text}
    </p>
  );
}
