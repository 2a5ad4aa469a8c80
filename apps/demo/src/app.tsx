import { useState } from 'react';
import { ask, isBusy, stopAnswers } from './chat/chat-actions.js';
import { Composer, focusComposer } from './chat/composer.js';
import { MessageList } from './chat/message-list.js';
import { ThinkingSwitch } from './chat/thinking-switch.js';
import { Welcome } from './chat/welcome.js';
import type { Conversation } from './conversation/schema.js';
import { Header, type Layer } from './layout/header.js';
import { Sidebar } from './layout/sidebar.js';
import { StatusBanner } from './layout/status-banner.js';
import { LivePanel } from './live/live-panel.js';
import { findModel, isBlind, shortName, useModels } from './models/model-list.js';
import { useKey } from './server/api.js';
import { KeyForm } from './server/key-form.js';
import { useServerStatus } from './server/use-server-status.js';
import { SettingsPanel } from './settings/settings-panel.js';
import { useConversations } from './store/conversation-store.js';
import { StructuredPanel } from './structured/structured-panel.js';
import { ToolsSwitch } from './tools/tools-switch.js';
import { useToolServers } from './tools/use-tool-servers.js';

export function App() {
  const status = useServerStatus();
  const conversation = useConversations(({ current }) => current);
  const keyRefused = useKey(({ refused }) => refused);
  const [layer, setLayer] = useState<Layer>();
  const [listOpen, setListOpen] = useState(false);
  const ready = status.state === 'ready';
  const toolServers = useToolServers(ready && !keyRefused);
  const model = useModels(({ models }) => findModel(models, conversation.model));
  const isEmpty = conversation.messages.length === 0;

  return (
    <div className="app">
      <Sidebar open={listOpen} onClose={() => setListOpen(false)} onLive={() => setLayer('live')} />
      <div className="chat">
        <Header
          status={status}
          conversation={conversation}
          onOpen={setLayer}
          onList={() => setListOpen(true)}
        />
        <StatusBanner status={status} conversation={conversation} />
        <main className={isEmpty ? 'conversation empty' : 'conversation'}>
          {isEmpty ? (
            <Welcome
              disabled={!ready}
              onPick={(text) => {
                ask(conversation, text, []);
                focusComposer();
              }}
            />
          ) : (
            <MessageList key={conversation.id} conversation={conversation} />
          )}
          <Composer
            ready={ready}
            busy={isBusy(conversation)}
            blindModel={model && isBlind(model) ? shortName(model.id) : undefined}
            onSend={(text, files) => ask(conversation, text, files)}
            onStop={() => stopAnswers(conversation)}
          >
            <ThinkingSwitch conversation={conversation} />
            <ToolsSwitch conversation={conversation} servers={toolServers} />
          </Composer>
        </main>
      </div>
      {keyRefused && <KeyForm />}
      {!keyRefused && layer && (
        <OpenLayer layer={layer} conversation={conversation} onClose={() => setLayer(undefined)} />
      )}
    </div>
  );
}

interface OpenLayerProps {
  readonly layer: Layer;
  readonly conversation: Conversation;
  readonly onClose: () => void;
}

function OpenLayer({ layer, conversation, onClose }: OpenLayerProps) {
  const models = useModels(({ models: all }) => all);
  switch (layer) {
    case 'settings':
      return <SettingsPanel conversation={conversation} onClose={onClose} />;
    case 'structured': {
      const model = findModel(models, conversation.model)?.id ?? '';
      return <StructuredPanel model={model} onClose={onClose} />;
    }
    case 'live':
      return <LivePanel onClose={onClose} />;
    default:
      return layer satisfies never;
  }
}
