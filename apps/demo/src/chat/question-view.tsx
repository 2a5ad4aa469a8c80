import { useState } from 'react';
import type { Conversation, Question } from '../conversation/schema.js';
import { AttachedFile } from '../files/attached-file.js';
import { EditIcon, TrashIcon } from '../layout/icons.js';
import { IconButton } from '../layout/icon-button.js';
import { ask, isBusy, removeTurn } from './chat-actions.js';
import { focusComposer } from './composer.js';
import { CopyButton } from './copy-button.js';
import { VariantSwitch } from './variant-switch.js';

interface QuestionViewProps {
  readonly conversation: Conversation;
  readonly question: Question;
}

export function QuestionView({ conversation, question }: QuestionViewProps) {
  const [editing, setEditing] = useState(false);
  if (editing) {
    return (
      <QuestionEditor
        conversation={conversation}
        question={question}
        onEnd={() => setEditing(false)}
      />
    );
  }
  const busy = isBusy(conversation);
  return (
    <article className="question-turn" aria-label="You">
      {question.files.length > 0 && (
        <ul className="files" aria-label="Attached files">
          {question.files.map((file, index) => (
            <AttachedFile key={index} file={file} />
          ))}
        </ul>
      )}
      {question.text && <p className="question">{question.text}</p>}
      <footer className="question-footer">
        <VariantSwitch conversation={conversation} message={question} />
        <CopyButton text={question.text} />
        <IconButton className="small" label="Edit" disabled={busy} onClick={() => setEditing(true)}>
          <EditIcon />
        </IconButton>
        <IconButton
          className="small"
          label="Delete this turn"
          disabled={busy}
          onClick={() => {
            removeTurn(conversation, question);
            focusComposer();
          }}
        >
          <TrashIcon />
        </IconButton>
      </footer>
    </article>
  );
}

interface QuestionEditorProps extends QuestionViewProps {
  readonly onEnd: () => void;
}

function QuestionEditor({ conversation, question, onEnd }: QuestionEditorProps) {
  const [text, setText] = useState(question.text);
  const send = (): void => {
    if (text.trim() !== '') ask(conversation, text.trim(), question.files, question);
    onEnd();
    focusComposer();
  };
  return (
    <form
      className="question-editor"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        aria-label="Edit the question"
        autoFocus
        rows={3}
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.stopPropagation();
            onEnd();
          }
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <footer>
        <button type="button" className="button quiet" onClick={onEnd}>
          Cancel
        </button>
        <button type="submit" className="button primary">
          Ask again
        </button>
      </footer>
    </form>
  );
}
