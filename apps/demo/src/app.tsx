import { useState } from 'react';
import { Composer } from './chat/composer.js';
import { MessageList } from './chat/message-list.js';
import { useChat } from './chat/use-chat.js';
import { Welcome } from './chat/welcome.js';
import { Header } from './layout/header.js';
import { StatusBanner } from './layout/status-banner.js';
import { SettingsPanel } from './settings/settings-panel.js';
import { useSettings } from './settings/use-settings.js';
import { TypedPanel } from './typed/typed-panel.js';
import { useServerStatus } from './server/use-server-status.js';

export function App() {
  const status = useServerStatus();
  const [settings, saveSettings] = useSettings();
  const [settingsOpen, setSettingsOpen] = useState(false);
  const [typedOpen, setTypedOpen] = useState(false);
  const chat = useChat(status.state === 'ready' ? status.model : undefined, settings);
  const isEmpty = chat.messages.length === 0;

  return (
    <div className="app">
      <Header
        status={status}
        canClear={!isEmpty}
        onNewChat={chat.clear}
        onTyped={() => setTypedOpen(true)}
        onSettings={() => setSettingsOpen(true)}
      />
      <StatusBanner status={status} />
      <main className={isEmpty ? 'conversation empty' : 'conversation'}>
        {isEmpty ? (
          <Welcome disabled={status.state !== 'ready'} onPick={chat.ask} />
        ) : (
          <MessageList messages={chat.messages} onRetry={chat.retry} />
        )}
      </main>
      <Composer
        ready={status.state === 'ready'}
        busy={chat.busy}
        onSend={chat.ask}
        onStop={chat.stop}
      />
      {typedOpen && status.state === 'ready' && (
        <TypedPanel model={status.model} onClose={() => setTypedOpen(false)} />
      )}
      {settingsOpen && (
        <SettingsPanel
          settings={settings}
          onSave={saveSettings}
          onClose={() => setSettingsOpen(false)}
        />
      )}
    </div>
  );
}
