import type { Conversation } from '../conversation/schema.js';
import { ModelMenu } from '../models/model-menu.js';
import type { ServerStatus } from '../server/use-server-status.js';
import { startConversation } from '../store/conversation-store.js';
import { focusComposer } from '../chat/composer.js';
import { ThemeToggle } from '../theme/theme-toggle.js';
import { ContextGauge } from './context-gauge.js';
import { BracesIcon, ChartIcon, MenuIcon, NewChatIcon, SettingsIcon } from './icons.js';
import { IconButton } from './icon-button.js';

/** What may lie above the chat. */
export type Layer = 'settings' | 'structured' | 'live';

interface HeaderProps {
  readonly status: ServerStatus;
  readonly conversation: Conversation;
  readonly onOpen: (layer: Layer) => void;
  readonly onList: () => void;
}

export function Header({ status, conversation, onOpen, onList }: HeaderProps) {
  const isEmpty = conversation.messages.length === 0;
  return (
    <header className="header">
      <IconButton className="list-button" label="List of chats" onClick={onList}>
        <MenuIcon />
      </IconButton>
      <ModelMenu status={status} conversation={conversation} />
      <ContextGauge conversation={conversation} />
      <nav aria-label="Chat">
        <IconButton
          className="header-new"
          label="Start a new chat"
          disabled={isEmpty}
          onClick={() => {
            startConversation();
            focusComposer();
          }}
        >
          <NewChatIcon />
        </IconButton>
        <IconButton
          label="Structured output"
          disabled={status.state !== 'ready'}
          onClick={() => onOpen('structured')}
        >
          <BracesIcon />
        </IconButton>
        <IconButton className="live-button" label="Live statistics" onClick={() => onOpen('live')}>
          <ChartIcon />
        </IconButton>
        <IconButton label="Settings" onClick={() => onOpen('settings')}>
          <SettingsIcon />
        </IconButton>
        <ThemeToggle />
      </nav>
    </header>
  );
}
