import { useId } from 'react';
import type { Conversation } from '../conversation/schema.js';
import { ToolIcon } from '../layout/icons.js';
import { findModel, useModels } from '../models/model-list.js';
import { updateConversation } from '../store/conversation-store.js';

interface ToolsSwitchProps {
  readonly conversation: Conversation;
  readonly servers: readonly string[];
}

/** Which servers' tools the model may ask for; absent where the server names none. */
export function ToolsSwitch({ conversation, servers }: ToolsSwitchProps) {
  const id = useId();
  const models = useModels(({ models: all }) => all);
  const canCall = findModel(models, conversation.model)?.capabilities?.tools !== false;
  const { toolServers } = conversation;
  if (servers.length === 0 || !canCall) return null;
  const toggle = (server: string): void =>
    updateConversation(conversation.id, (current) => ({
      ...current,
      toolServers: current.toolServers.includes(server)
        ? current.toolServers.filter((each) => each !== server)
        : [...current.toolServers, server],
    }));
  const on = servers.filter((server) => toolServers.includes(server)).length;
  return (
    <>
      <button type="button" className="toggle tools-toggle" popoverTarget={id} data-on={on > 0}>
        <ToolIcon />
        {on === 0 ? 'Tools' : `Tools (${on})`}
      </button>
      <div id={id} popover="auto" className="menu tools-menu" role="group" aria-label="Tools">
        {servers.map((server) => (
          <label key={server} className="check">
            <input
              type="checkbox"
              checked={toolServers.includes(server)}
              onChange={() => toggle(server)}
            />
            {server}
          </label>
        ))}
        <p className="menu-note">Each call is shown and asks first.</p>
      </div>
    </>
  );
}
