import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { listenOnLoopback, loopbackAddress } from './loopback.js';
import type { Wheel } from './wheel.js';

/** A Python package index of one wheel on loopback, which can hold its answers back. */
export class PackageIndex {
  /** How often the wheel was asked for. */
  downloads = 0;
  #held: ServerResponse[] | undefined;
  #onDownload: (() => void) | undefined;
  readonly #server = createServer(({ url = '' }, response) => this.#answer(url, response));

  readonly wheel: Wheel;

  constructor(wheel: Wheel) {
    this.wheel = wheel;
  }

  async listen(): Promise<this> {
    await listenOnLoopback(this.#server);
    return this;
  }

  /** Variables that send pip and uv here and nowhere else. */
  get variables(): NodeJS.ProcessEnv {
    const address = loopbackAddress(this.#server);
    return {
      PIP_INDEX_URL: `${address}/simple/`,
      PIP_FIND_LINKS: '',
      PIP_CONFIG_FILE: '/dev/null',
      PIP_NO_CACHE_DIR: '1',
      UV_NO_CACHE: '1',
      UV_NO_CONFIG: '1',
      NO_PROXY: '127.0.0.1',
    };
  }

  /** Answer downloads only after `release`; resolves when the first one came. */
  hold(): Promise<void> {
    this.#held = [];
    return new Promise((resolve) => (this.#onDownload = resolve));
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const response of held) this.#send(response);
  }

  #answer(url: string, response: ServerResponse): void {
    if (url.endsWith('.whl')) {
      this.downloads += 1;
      this.#onDownload?.();
      if (this.#held) this.#held.push(response);
      else this.#send(response);
      return;
    }
    response.setHeader('content-type', 'text/html');
    response.end(`<a href="/files/${this.wheel.file}">${this.wheel.file}</a>`);
  }

  #send(response: ServerResponse): void {
    response.end(readFileSync(this.wheel.path));
  }
}
