import { useEffect, useRef, useState, type RefObject } from 'react';
import { fromExport, textOf, toExport } from '../conversation/exchange.js';
import type { Conversation } from '../conversation/schema.js';
import { focusComposer } from '../chat/composer.js';
import { download } from '../files/download.js';
import {
  addConversations,
  openConversation,
  startConversation,
  useConversations,
} from '../store/conversation-store.js';
import { ConversationEntry } from './conversation-entry.js';
import { ChartIcon, CloseIcon, ExportIcon, ImportIcon, NewChatIcon } from './icons.js';
import { IconButton } from './icon-button.js';

interface SidebarProps {
  /** On a phone it lies above the chat while it is open. */
  readonly open: boolean;
  readonly onClose: () => void;
  /** On a phone the header has no room for them. */
  readonly onLive: () => void;
}

/** What was said in this browser: found, opened, named, taken along. */
export function Sidebar({ open, onClose, onLive }: SidebarProps) {
  const { conversations, current, storageNote } = useConversations();
  const [wanted, setWanted] = useState('');
  const panel = useRef<HTMLElement>(null);
  useFocusWhileOpen(open, panel);
  const found = conversations.filter((each) => matches(each, wanted));
  const show = (act: () => void): void => {
    act();
    onClose();
    focusComposer();
  };
  return (
    <aside
      ref={panel}
      tabIndex={-1}
      className="sidebar"
      data-open={open}
      aria-label="Chats"
      onKeyDown={(event) => event.key === 'Escape' && open && onClose()}
    >
      <div className="sidebar-head">
        <button
          type="button"
          className="button outlined new-chat"
          onClick={() => show(startConversation)}
        >
          <NewChatIcon />
          New chat
        </button>
        <IconButton className="sidebar-close" label="Close the list of chats" onClick={onClose}>
          <CloseIcon />
        </IconButton>
      </div>
      <input
        className="search"
        type="search"
        aria-label="Search chats"
        placeholder="Search"
        value={wanted}
        onChange={({ target }) => setWanted(target.value)}
      />
      <ul className="conversations" aria-label="Chats kept">
        {found.map((conversation) => (
          <ConversationEntry
            key={conversation.id}
            conversation={conversation}
            current={conversation.id === current.id}
            onOpen={() => show(() => openConversation(conversation))}
          />
        ))}
      </ul>
      {found.length === 0 && (
        <p className="sidebar-note sidebar-empty">
          {wanted === '' ? 'No chats yet.' : 'No chat has these words.'}
        </p>
      )}
      {storageNote && (
        <p className="sidebar-note" role="status">
          {storageNote}
        </p>
      )}
      <button
        type="button"
        className="button quiet sidebar-live"
        onClick={() => {
          onClose();
          onLive();
        }}
      >
        <ChartIcon />
        Live statistics
      </button>
      <Exchange conversations={conversations} />
    </aside>
  );
}

/** Where the list lies above the chat, the focus goes into it and back. */
function useFocusWhileOpen(open: boolean, panel: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    if (!open) return undefined;
    const before = document.activeElement;
    panel.current?.focus();
    return () => {
      const inside = panel.current?.contains(document.activeElement);
      if (inside && before instanceof HTMLElement) before.focus();
    };
  }, [open, panel]);
}

function Exchange({ conversations }: { readonly conversations: readonly Conversation[] }) {
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string>();
  const importFrom = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    try {
      addConversations(fromExport(await file.text()));
      setProblem(undefined);
    } catch (error) {
      setProblem(`${file.name} cannot be imported. ${firstLine(error)}`);
    }
  };
  return (
    <footer className="sidebar-foot">
      <button type="button" className="button quiet" onClick={() => input.current?.click()}>
        <ImportIcon />
        Import
      </button>
      <button
        type="button"
        className="button quiet"
        disabled={conversations.length === 0}
        onClick={() => download('chats.json', toExport(conversations), 'application/json')}
      >
        <ExportIcon />
        Export all
      </button>
      <input
        ref={input}
        type="file"
        accept="application/json,.json"
        hidden
        aria-label="File with chats"
        onChange={({ target }) => {
          void importFrom(target.files?.[0]).finally(() => {
            target.value = '';
          });
        }}
      />
      {problem && <p role="alert">{problem}</p>}
    </footer>
  );
}

function matches({ title, messages }: Conversation, wanted: string): boolean {
  const words = wanted.toLowerCase().split(/\s+/);
  const text = [title, ...messages.map(textOf)].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

function firstLine(error: unknown): string {
  return error instanceof Error && !error.message.startsWith('[')
    ? error.message
    : 'It is not a file that this page exported.';
}
