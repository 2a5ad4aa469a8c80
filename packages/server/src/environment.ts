import type { BodyReader } from './fields/body-reader.js';
import type { Logger } from './logger.js';
import type { StartBody } from './sse/body-sink.js';
import type { RequestRecord } from './watch/request-record.js';

/** What the server below may offer beside the request. */
export interface ClientConnection {
  /** Ends the connection at once; for clients that stop reading. */
  readonly disconnect?: () => void;
  /** Writes the body of a streamed answer itself; the Response that comes then has none. */
  readonly writeBody?: (start: StartBody) => void;
}

/** What every route finds in its context. */
export interface HandlerEnvironment {
  Bindings: ClientConnection;
  Variables: {
    /** The request's name in the log and in the response. */
    requestId: string;
    log: Logger;
    reader: BodyReader;
    /** What will be told of the request. */
    record: RequestRecord;
  };
}
