import type { ModelCapabilities } from '@mlx/engine';
import type { ChatMessage, ContentPart } from '@mlx/schemas';
import { imageLimits } from '@mlx/schemas/vision';
import { badRequest, unsupported } from '../http/parse-body.js';
import { AllowedHosts } from './allowed-hosts.js';
import { fetchImage, NotFetched, type Resolve } from './fetch-image.js';
import { isRemote, placeOf, withContent, type ImagePart } from './image-part.js';

type Shown = { readonly messages?: ChatMessage[] | undefined };

/** Puts images in the place of their addresses, as far as these are allowed. */
export class RemoteImages {
  readonly #hosts: AllowedHosts;
  readonly #maxBytes: number;
  readonly #resolve: Resolve | undefined;

  /** @param maxBytes of all images of a prompt together */
  constructor(hosts: readonly string[], maxBytes: number, resolve?: Resolve) {
    this.#hosts = new AllowedHosts(hosts);
    this.#maxBytes = maxBytes;
    this.#resolve = resolve;
  }

  isAllowed(url: string): boolean {
    return URL.canParse(url) && this.#hosts.allows(new URL(url));
  }

  /**
   * The prompts with what their addresses lead to. Those of a model that sees nothing stay as they
   * are: it refuses them by itself.
   *
   * @throws HttpError 400 that names an address which is not allowed, or leads to nothing
   */
  async fetched<Prompt extends Shown>(
    prompts: readonly Prompt[],
    known: ModelCapabilities | undefined,
    signal: AbortSignal,
  ): Promise<Prompt[]> {
    const remote = prompts.flatMap(({ messages = [] }) => messages.flatMap(remoteParts));
    if (remote.length === 0 || known?.vision === null) return [...prompts];
    for (const part of remote) this.#requireAllowed(part);
    const contents = await this.#contents(remote, signal);
    return prompts.map((prompt) => ({
      ...prompt,
      messages: (prompt.messages ?? []).map((message) => shown(message, contents)),
    }));
  }

  #requireAllowed(part: ImagePart): void {
    if (this.isAllowed(part.image)) return;
    throw unsupported(
      placeOf(part) ?? 'messages',
      'Images are not fetched from this address: send a data URL, or have the host allowed with --allow-image-host.',
    );
  }

  /** One request for each address, however often it is named. */
  async #contents(parts: readonly ImagePart[], signal: AbortSignal) {
    const byUrl = new Map(parts.map((part) => [part.image, part]));
    if (byUrl.size > imageLimits.images) {
      throw badRequest(`A prompt may have ${imageLimits.images} images at most.`, 'invalid_image');
    }
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    let left = this.#maxBytes;
    const fetchOne = async ([url, part]: [string, ImagePart]) => {
      const content = await this.#fetch(part, url, either);
      left -= content.length;
      if (left < 0) throw notFetched(part, 'the images of the prompt are too large together');
      return [url, content] as const;
    };
    try {
      return new Map(await Promise.all([...byUrl].map(fetchOne)));
    } finally {
      stop.abort();
    }
  }

  async #fetch(part: ImagePart, url: string, signal: AbortSignal): Promise<Buffer> {
    try {
      const options = { hosts: this.#hosts, signal, resolve: this.#resolve };
      return await fetchImage(new URL(url), options);
    } catch (error) {
      if (error instanceof NotFetched) throw notFetched(part, error.message);
      throw error;
    }
  }
}

function notFetched(part: ImagePart, reason: string) {
  const path = placeOf(part);
  return badRequest(`The image '${path}' was not fetched: ${reason}.`, 'image_not_fetched', path);
}

function remoteParts({ content }: ChatMessage): ImagePart[] {
  return Array.isArray(content) ? content.filter(isRemotePart) : [];
}

function shown(message: ChatMessage, contents: ReadonlyMap<string, Buffer>): ChatMessage {
  if (!Array.isArray(message.content)) return message;
  const content = message.content.map((part) => {
    const found = isRemotePart(part) ? contents.get(part.image) : undefined;
    return found && isRemotePart(part) ? withContent(part, found) : part;
  });
  return { ...message, content };
}

function isRemotePart(part: ContentPart): part is ImagePart {
  return part.type === 'image' && isRemote(part.image);
}
