import { useId, useState } from 'react';
import { isBusy, stopAnswers } from '../chat/chat-actions.js';
import { toExport, toMarkdown } from '../conversation/exchange.js';
import type { Conversation } from '../conversation/schema.js';
import { download } from '../files/download.js';
import { deleteConversation, updateConversation } from '../store/conversation-store.js';
import { MoreIcon } from './icons.js';

interface ConversationEntryProps {
  readonly conversation: Conversation;
  readonly current: boolean;
  readonly onOpen: () => void;
}

export function ConversationEntry({ conversation, current, onOpen }: ConversationEntryProps) {
  const [naming, setNaming] = useState(false);
  const menu = useId();
  const { id, title } = conversation;
  if (naming) return <NameForm conversation={conversation} onEnd={() => setNaming(false)} />;
  const fileName = title.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 40) || 'chat';
  return (
    <li className="conversation-entry" data-current={current}>
      <button
        type="button"
        className="conversation-title"
        aria-current={current ? 'page' : undefined}
        onClick={onOpen}
      >
        {isBusy(conversation) && <span className="busy-dot" role="img" aria-label="Answering" />}
        <span>{title}</span>
      </button>
      <button
        type="button"
        className="icon-button small"
        aria-label={`More for ${title}`}
        popoverTarget={menu}
      >
        <MoreIcon />
      </button>
      <div
        id={menu}
        popover="auto"
        className="menu entry-menu"
        role="group"
        aria-label={title}
        // Whatever was chosen, it would lie above the next entry.
        onClick={({ currentTarget }) => currentTarget.hidePopover()}
      >
        <button type="button" onClick={() => setNaming(true)}>
          Rename
        </button>
        <button
          type="button"
          onClick={() => download(`${fileName}.json`, toExport([conversation]), 'application/json')}
        >
          Export
        </button>
        <button
          type="button"
          onClick={() => download(`${fileName}.md`, toMarkdown(conversation), 'text/markdown')}
        >
          Export as Markdown
        </button>
        <button
          type="button"
          className="danger"
          onClick={() => {
            stopAnswers(conversation);
            deleteConversation(id);
          }}
        >
          Delete
        </button>
      </div>
    </li>
  );
}

interface NameFormProps {
  readonly conversation: Conversation;
  readonly onEnd: () => void;
}

function NameForm({ conversation, onEnd }: NameFormProps) {
  const [name, setName] = useState(conversation.title);
  const save = (): void => {
    const title = name.trim();
    if (title !== '')
      updateConversation(conversation.id, (each) => ({ ...each, title, named: true }));
    onEnd();
  };
  return (
    <li className="conversation-entry">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <input
          aria-label="Name of the chat"
          autoFocus
          maxLength={200}
          value={name}
          onChange={({ target }) => setName(target.value)}
          onFocus={({ target }) => target.select()}
          onBlur={save}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            onEnd();
          }}
        />
      </form>
    </li>
  );
}
