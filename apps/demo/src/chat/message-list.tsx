import { Fragment } from 'react';
import { textOf } from '../conversation/exchange.js';
import type { Conversation, Message } from '../conversation/schema.js';
import { isRunning } from '../conversation/settle.js';
import { pathOf } from '../conversation/tree.js';
import { DownIcon } from '../layout/icons.js';
import { AnswerView } from './answer-view.js';
import { QuestionView } from './question-view.js';
import { useStickToEnd } from './use-stick-to-end.js';

export function MessageList({ conversation }: { readonly conversation: Conversation }) {
  const messages = pathOf(conversation);
  const last = messages.at(-1);
  const { container, atEnd, toEnd } = useStickToEnd(last?.id);
  return (
    <div
      className="message-scroll"
      ref={container}
      tabIndex={0}
      role="region"
      aria-label="Messages"
    >
      <ol className="messages" aria-label="Conversation">
        {messages.map((message, index) => (
          <Fragment key={message.id}>
            {index > 0 && message.id === conversation.sentFrom && (
              <li className="sent-from">The model does not see what is above.</li>
            )}
            <li className={`message ${message.role}`}>
              {message.role === 'user' ? (
                <QuestionView conversation={conversation} question={message} />
              ) : (
                <AnswerView
                  conversation={conversation}
                  answer={message}
                  isLast={message === last}
                />
              )}
            </li>
          </Fragment>
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
    message?.role !== 'assistant' ? '' : isRunning(message) ? 'Answering' : textOf(message);
  return (
    <p className="visually-hidden" aria-live="polite">
      {text}
    </p>
  );
}
