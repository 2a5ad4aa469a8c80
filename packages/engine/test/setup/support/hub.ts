import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenOnLoopback, loopbackAddress } from './loopback.js';

const commit = '0123456789abcdef0123456789abcdef01234567';

/** What a hub answers instead of everything else. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
}

/** A Hugging Face hub of one model on loopback, as far as a download needs it. */
export class Hub {
  requests = 0;
  /** What it says of files instead of the truth. */
  readonly blobIds = new Map<string, string>();
  /** Milliseconds before each answer. */
  delayMs = 0;
  /** Take connections and never answer. */
  silent = false;
  readonly #server = createServer((request, response) => this.#answer(request, response));

  readonly model: string;
  readonly files: Readonly<Record<string, string>>;
  readonly refusal: Refusal | undefined;

  constructor(model: string, files: Readonly<Record<string, string>>, refusal?: Refusal) {
    this.model = model;
    this.files = files;
    this.refusal = refusal;
  }

  async listen(): Promise<this> {
    await listenOnLoopback(this.#server);
    return this;
  }

  get endpoint(): string {
    return loopbackAddress(this.#server);
  }

  #answer({ url = '', method }: IncomingMessage, response: ServerResponse): void {
    this.requests += 1;
    if (this.silent) return;
    if (this.delayMs > 0) setTimeout(() => this.#reply(url, method, response), this.delayMs);
    else this.#reply(url, method, response);
  }

  #reply(url: string, method: string | undefined, response: ServerResponse): void {
    const [path = ''] = url.split('?');
    const body = path.startsWith('/api/')
      ? this.#describe(path)
      : this.files[path.split('/').pop() ?? ''];
    response.statusCode = this.refusal?.status ?? (body === undefined ? 404 : 200);
    if (this.refusal) response.setHeader('x-error-code', this.refusal.code);
    response.setHeader('x-repo-commit', commit);
    response.setHeader(
      'etag',
      `"${createHash('sha256')
        .update(body ?? '')
        .digest('hex')}"`,
    );
    response.setHeader('content-length', Buffer.byteLength(body ?? ''));
    response.end(method === 'HEAD' ? undefined : body);
  }

  #describe(path: string): string {
    const entries = Object.entries(this.files);
    if (path.includes('/tree/')) {
      const tree = entries.map(([name, content]) => ({
        type: 'file',
        path: name,
        size: content.length,
        oid: '0'.repeat(40),
      }));
      return JSON.stringify(tree);
    }
    const siblings = entries.map(([name, content]) => ({
      rfilename: name,
      size: content.length,
      blobId: this.blobIds.get(name) ?? gitBlobId(content),
    }));
    return JSON.stringify({ id: this.model, sha: commit, siblings });
  }
}

function gitBlobId(content: string): string {
  const header = `blob ${Buffer.byteLength(content)}\0`;
  return createHash('sha1').update(header).update(content).digest('hex');
}
