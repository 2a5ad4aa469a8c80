import type { ServerStatus } from '../server/use-server-status.js';
import { ThemeToggle } from '../theme/theme-toggle.js';
import { BracesIcon, NewChatIcon, SettingsIcon } from './icons.js';

interface HeaderProps {
  readonly status: ServerStatus;
  readonly canClear: boolean;
  readonly onNewChat: () => void;
  readonly onTyped: () => void;
  readonly onSettings: () => void;
}

export function Header({ status, canClear, onNewChat, onTyped, onSettings }: HeaderProps) {
  return (
    <header className="header">
      <h1 className="model" data-state={status.state}>
        <span className="model-dot" aria-hidden="true" />
        <span className="model-name">{modelLabel(status)}</span>
      </h1>
      <nav aria-label="Chat">
        <button
          type="button"
          className="icon-button"
          aria-label="New chat"
          title="New chat"
          disabled={!canClear}
          onClick={onNewChat}
        >
          <NewChatIcon />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label="Typed answers"
          title="Typed answers"
          disabled={status.state !== 'ready'}
          onClick={onTyped}
        >
          <BracesIcon />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label="Settings"
          title="Settings"
          onClick={onSettings}
        >
          <SettingsIcon />
        </button>
        <ThemeToggle />
      </nav>
    </header>
  );
}

function modelLabel(status: ServerStatus): string {
  switch (status.state) {
    case 'connecting':
      return 'Connecting…';
    case 'loading':
      return 'Loading model…';
    case 'ready':
      return status.model.slice(status.model.lastIndexOf('/') + 1);
    case 'failed':
      return 'Not available';
    default:
      return status satisfies never;
  }
}
