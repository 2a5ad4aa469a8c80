import { useId, useState } from 'react';
import type { Conversation } from '../conversation/schema.js';
import { ChevronIcon } from '../layout/icons.js';
import { describeFailure } from '../server/server-error.js';
import type { ServerStatus } from '../server/use-server-status.js';
import { updateConversation } from '../store/conversation-store.js';
import { findModel, shortName, switchModel, useModels, type Model } from './model-list.js';

interface ModelMenuProps {
  readonly status: ServerStatus;
  readonly conversation: Conversation;
}

/** Says which model answers, and offers the others: to choose, to load, to let go. */
export function ModelMenu({ status, conversation }: ModelMenuProps) {
  const id = useId();
  const { models } = useModels();
  const [problem, setProblem] = useState<string>();
  const chosen = findModel(models, conversation.model);
  const choose = (model: Model): void => {
    updateConversation(conversation.id, (current) => ({ ...current, model: model.id }));
    document.getElementById(id)?.hidePopover();
  };
  const act = (model: Model, to: 'load' | 'unload'): void => {
    setProblem(undefined);
    switchModel(model.id, to).catch((error: unknown) => setProblem(describeFailure(error)));
  };
  return (
    <>
      <h1 className="model" data-state={status.state}>
        <button
          type="button"
          className="model-button"
          aria-label={`Model: ${label(status, chosen)}`}
          popoverTarget={id}
          disabled={models.length === 0}
        >
          <span className="model-dot" aria-hidden="true" />
          <span className="model-name">{label(status, chosen)}</span>
          <ChevronIcon />
        </button>
      </h1>
      <div id={id} popover="auto" className="menu model-menu" role="group" aria-label="Models">
        <ul>
          {models.map((model) => (
            <ModelEntry
              key={model.id}
              model={model}
              chosen={model.id === chosen?.id}
              onChoose={() => choose(model)}
              onAct={(to) => act(model, to)}
            />
          ))}
        </ul>
        <p className="menu-note">
          Another comes with <code>mlx-serve pull owner/name</code> in a terminal.
        </p>
        {problem && <p role="alert">{problem}</p>}
      </div>
    </>
  );
}

interface ModelEntryProps {
  readonly model: Model;
  readonly chosen: boolean;
  readonly onChoose: () => void;
  readonly onAct: (to: 'load' | 'unload') => void;
}

function ModelEntry({ model, chosen, onChoose, onAct }: ModelEntryProps) {
  const { id, state, contextLength, capabilities } = model;
  const facts = [
    STATES[state],
    contextLength === undefined ? undefined : `context ${contextLength}`,
    capabilities?.weights,
  ].filter((fact) => fact !== undefined);
  return (
    <li data-state={state}>
      <button type="button" className="model-choice" aria-pressed={chosen} onClick={onChoose}>
        <strong>{shortName(id)}</strong>
        <small>{facts.join(' · ')}</small>
      </button>
      {state !== 'loading' && (
        <button
          type="button"
          className="button outlined compact"
          aria-label={`${ACTIONS[state]} ${shortName(id)}`}
          onClick={() => onAct(state === 'loaded' ? 'unload' : 'load')}
        >
          {ACTIONS[state]}
        </button>
      )}
    </li>
  );
}

const STATES: Readonly<Record<Model['state'], string>> = {
  loaded: 'loaded',
  loading: 'loading…',
  failed: 'stopped working',
  unloaded: 'on disk',
};

const ACTIONS: Readonly<Record<Exclude<Model['state'], 'loading'>, string>> = {
  loaded: 'Unload',
  unloaded: 'Load',
  failed: 'Start again',
};

function label(status: ServerStatus, chosen: Model | undefined): string {
  if (chosen && status.state !== 'loading') return shortName(chosen.id);
  switch (status.state) {
    case 'connecting':
      return 'Connecting…';
    case 'loading':
      return 'Loading model…';
    case 'ready':
      return 'No model';
    case 'failed':
      return 'Not available';
    default:
      return status satisfies never;
  }
}
