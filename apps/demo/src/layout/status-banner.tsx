import type { Conversation } from '../conversation/schema.js';
import { findModel, shortName, useModels } from '../models/model-list.js';
import type { ServerStatus } from '../server/use-server-status.js';

interface StatusBannerProps {
  readonly status: ServerStatus;
  readonly conversation: Conversation;
}

/** Says why nothing can be asked yet; empty once the model is ready. */
export function StatusBanner({ status, conversation }: StatusBannerProps) {
  const models = useModels(({ models: all }) => all);
  const chosen = findModel(models, conversation.model);
  const failed =
    chosen?.state === 'failed'
      ? `${shortName(chosen.id)} has stopped working. Choose "Start again" in the menu of models.`
      : undefined;
  return (
    <div className="status" role="status">
      {status.state === 'loading' && (
        <div className="banner">
          <span>{status.step}</span>
          <progress
            aria-label="Loading the model"
            {...(status.progress === null ? {} : { value: status.progress })}
          />
        </div>
      )}
      {status.state === 'failed' && <div className="banner failed">{failed ?? status.message}</div>}
    </div>
  );
}
