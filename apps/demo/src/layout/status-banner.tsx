import type { ServerStatus } from '../server/use-server-status.js';

/** Says why nothing can be asked yet; empty once the model is ready. */
export function StatusBanner({ status }: { readonly status: ServerStatus }) {
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
      {status.state === 'failed' && <div className="banner failed">{status.message}</div>}
    </div>
  );
}
