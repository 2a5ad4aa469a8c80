import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createHandler } from '../src/index.js';
import { AllowedHosts } from '../src/images/allowed-hosts.js';
import { fetchImage, type Resolve } from '../src/images/fetch-image.js';
import { PIXEL } from './support/images.js';
import { errorOf, post } from './support/requests.js';
import { MODEL, ScriptedEngine } from './support/scripted-engine.js';

const pixel = Buffer.from(PIXEL, 'base64');
const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

/** A site on loopback; returns where it is. */
async function site(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const signal = new AbortController().signal;
const loopback: Resolve = async () => [{ address: '127.0.0.1', family: 4 }];

const fetchFrom = (url: string, allowed: string[], resolve?: Resolve) =>
  fetchImage(new URL(url), { hosts: new AllowedHosts(allowed), signal, resolve });

describe('a list of hosts', () => {
  it.each([
    ['https://example.com/a.png', ['example.com'], true],
    ['https://EXAMPLE.com./a.png', ['example.com'], true],
    ['http://example.com/a.png', ['example.com'], false],
    ['https://example.com:8443/a.png', ['example.com'], false],
    ['https://example.com:8443/a.png', ['https://example.com:8443'], true],
    ['http://example.com/a.png', ['http://example.com'], true],
    ['https://a.example.com/a.png', ['example.com'], false],
    ['https://a.b.example.com/a.png', ['*.example.com'], true],
    ['https://example.com/a.png', ['*.example.com'], false],
    ['https://evilexample.com/a.png', ['*.example.com'], false],
    ['https://any.example/a.png', ['*'], true],
    ['https://93.184.216.34/a.png', ['*'], false],
    ['https://user:secret@example.com/a.png', ['example.com'], false],
    ['http://127.0.0.1/a.png', ['http://127.0.0.1'], true],
    ['http://2130706433/a.png', ['127.0.0.2'], false],
  ])('%s by %j: %s', (url, allowed, expected) => {
    expect(new AllowedHosts(allowed).allows(new URL(url))).toBe(expected);
  });

  it.each(['', 'https://', 'a b', 'example.com/path', '**', 'ftp://example.com'])(
    'refuses %j',
    (entry) => {
      expect(() => new AllowedHosts([entry])).toThrow('name a host such as example.com');
    },
  );

  it.each([
    '10.0.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '::1',
    'fd00::1',
    'fe80::1',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    '2002:a00:1::',
  ])('leads to %s only where that is listed', (address) => {
    const url = new URL('https://example.com/a.png');
    expect(new AllowedHosts(['example.com']).leadsTo(url, address)).toBe(false);
    const ranges = ['10.0.0.0/8', '127.0.0.0/8', '0.0.0.0/0', '::/0'];
    expect(new AllowedHosts(['example.com', ...ranges]).leadsTo(url, address)).toBe(true);
    expect(new AllowedHosts(['example.com']).leadsTo(url, '93.184.216.34')).toBe(true);
  });
});

describe('an image', () => {
  it('is fetched from a listed address', async () => {
    const origin = await site((_, response) => response.end(pixel));
    expect(await fetchFrom(`${origin}/a.png`, [origin])).toEqual(pixel);
  });

  it('is not fetched where its name leads to a private address, unless that is listed', async () => {
    const origin = (await site((_, response) => response.end(pixel))).replace(
      '127.0.0.1',
      'images.test',
    );
    await expect(fetchFrom(origin, [origin], loopback)).rejects.toThrow('no public network');
    expect(await fetchFrom(origin, [origin, '127.0.0.0/8'], loopback)).toEqual(pixel);
  });

  it('comes from the address that was checked, whatever its name leads to later', async () => {
    const origin = await site((_, response) => response.end(pixel));
    const named = origin.replace('127.0.0.1', 'images.test');
    let asked = 0;
    const resolve: Resolve = async () => {
      asked += 1;
      return [{ address: asked === 1 ? '127.0.0.1' : '10.1.1.1', family: 4 }];
    };
    expect(await fetchFrom(named, [named, '127.0.0.1/32'], resolve)).toEqual(pixel);
    expect(asked).toBe(1);
  });

  it('follows redirects to listed hosts only, and not for ever', async () => {
    const origin = await site((request, response) => {
      if (request.url === '/a') response.writeHead(302, { location: '/b' }).end();
      else if (request.url === '/b') response.end(pixel);
      else if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end();
      else response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
    });
    expect(await fetchFrom(`${origin}/a`, [origin])).toEqual(pixel);
    await expect(fetchFrom(`${origin}/loop`, [origin])).rejects.toThrow('redirects too often');
    await expect(fetchFrom(`${origin}/away`, [origin])).rejects.toThrow('not among the allowed');
  });

  it.each([
    ['announces', { 'content-length': String(30 * 1024 * 1024) }],
    ['sends', {}],
  ])('is refused by its size where the site %s more', async (_, headers) => {
    const piece = Buffer.alloc(1024 * 1024);
    const origin = await site((_request, response) => {
      response.writeHead(200, headers);
      const write = () => {
        if (response.destroyed) return;
        response.write(piece, (error) => (error ? undefined : setImmediate(write)));
      };
      write();
    });
    await expect(fetchFrom(origin, [origin])).rejects.toThrow('more than 20,971,520 bytes');
  });

  it('is refused where the site has none', async () => {
    const origin = await site((_, response) => response.writeHead(404).end());
    await expect(fetchFrom(origin, [origin])).rejects.toThrow('answers 404');
    await expect(fetchFrom('http://127.0.0.1:1/', ['http://127.0.0.1:1'])).rejects.toThrow(
      'cannot be reached',
    );
  });
});

const chat = (url: string) => ({
  model: MODEL,
  messages: [
    {
      role: 'user',
      content: [
        { type: 'image_url', image_url: { url } },
        { type: 'text', text: 'What?' },
      ],
    },
  ],
});
const shown = { type: 'image', image: `data:;base64,${PIXEL}` };

async function setUp({ sees = true } = {}) {
  const fetched: string[] = [];
  const origin = await site((request, response) => {
    fetched.push(request.url ?? '');
    if (request.url === '/none') response.writeHead(404).end();
    else response.end(pixel);
  });
  const engine = new ScriptedEngine();
  engine.sees = sees;
  const handler = createHandler(engine, { imageHosts: [origin] });
  return { engine, handler, origin, fetched };
}

describe('an address in a request', () => {
  it('that is allowed is fetched, once for each request', async () => {
    const { engine, handler, origin, fetched } = await setUp();
    const { model, messages } = chat(`${origin}/a.png`);
    const body = { model, messages: [...messages, ...messages] };
    expect((await handler.fetch(post('/v1/chat/completions', body))).status).toBe(200);
    expect(engine.calls[0]?.messages?.map(({ content }) => content?.[0])).toEqual([shown, shown]);
    expect(fetched).toEqual(['/a.png']);
  });

  it('reaches the model through the other APIs, and is counted', async () => {
    const { engine, handler, origin } = await setUp();
    const image = { type: 'image', source: { type: 'url', url: `${origin}/a.png` } };
    const anthropic = { model: MODEL, messages: [{ role: 'user', content: [image] }] };
    const input = [{ role: 'user', content: [{ type: 'input_image', image_url: `${origin}/a` }] }];
    for (const [path, body] of [
      ['/v1/messages', { ...anthropic, max_tokens: 5 }],
      ['/v1/responses', { model: MODEL, input }],
    ] as const) {
      expect((await handler.fetch(post(path, body))).status).toBe(200);
      expect(engine.calls.at(-1)?.messages).toMatchObject([{ role: 'user', content: [shown] }]);
    }
    for (const [path, body] of [
      ['/v1/messages/count_tokens', anthropic],
      ['/v1/responses/input_tokens', { model: MODEL, input }],
    ] as const) {
      expect((await handler.fetch(post(path, body))).status).toBe(200);
    }
  });

  it('that is not allowed is refused by name; a note takes its place on /v1/messages', async () => {
    const { engine, handler } = await setUp();
    const url = 'https://elsewhere.example/a.png';
    const response = await handler.fetch(post('/v1/chat/completions', chat(url)));
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({
      param: 'messages.0.content.0',
      message: expect.stringContaining('--allow-image-host'),
    });
    const image = { type: 'image', source: { type: 'url', url } };
    const body = { model: MODEL, max_tokens: 5, messages: [{ role: 'user', content: [image] }] };
    expect((await handler.fetch(post('/v1/messages', body))).status).toBe(200);
    expect(engine.calls.at(-1)?.messages?.[0]?.content).toContain('nothing is fetched');
  });

  it('that leads to nothing is refused by name', async () => {
    const { handler, origin } = await setUp();
    const response = await handler.fetch(post('/v1/chat/completions', chat(`${origin}/none`)));
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({
      param: 'messages.0.content.0',
      code: 'image_not_fetched',
      message: expect.stringContaining('answers 404'),
    });
  });

  it('is not fetched for a model that reads text only', async () => {
    const { handler, origin, fetched } = await setUp({ sees: false });
    await handler.fetch(post('/v1/chat/completions', chat(`${origin}/a.png`)));
    expect(fetched).toEqual([]);
  });
});
