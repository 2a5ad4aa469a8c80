import { describe, expect, it } from 'vitest';
import {
  base64OfDataUrl,
  imageFacts,
  imageFault,
  imageLimits,
  VisionGeneratorParamsSchema,
} from '../../src/vision/index.js';

const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array => {
  const whole = parts.flatMap((part) =>
    typeof part === 'string' ? Array.from(part, (letter) => letter.codePointAt(0) ?? 0) : part,
  );
  return new Uint8Array([...whole, ...Array.from({ length: 32 }, () => 0)]);
};

const png = (width: number, height: number) =>
  bytes(
    [0x89],
    'PNG\r\n\u001A\n',
    [0, 0, 0, 13],
    'IHDR',
    [width >>> 24, (width >> 16) & 255, (width >> 8) & 255, width & 255],
    [height >>> 24, (height >> 16) & 255, (height >> 8) & 255, height & 255],
  );
const segment = (marker: number, ...content: number[]) => [
  0xff,
  marker,
  0,
  content.length + 2,
  ...content,
];

describe('the first bytes of a file', () => {
  it.each([
    ['png', png(300, 200)],
    ['gif', bytes('GIF89a', [0x2c, 1, 200, 0])],
    ['jpeg', bytes([0xff, 0xd8], segment(0xe0, 1, 2, 3), segment(0xc0, 8, 0, 200, 1, 0x2c, 3))],
    ['jpeg', bytes([0xff, 0xd8, 0xff], segment(0xc2, 8, 0, 200, 1, 0x2c, 3))],
    ['jpeg', bytes([0xff, 0xd8, 0xff, 1, 0xff, 0xd0], segment(0xc0, 8, 0, 200, 1, 0x2c, 3))],
    ['webp', bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8X', [10, 0, 0, 0, 0, 0, 0, 0], [43, 1, 0, 199])],
    ['webp', bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8L', [0, 0, 0, 0, 0x2f], [0x2b, 0xc1, 0x31, 0])],
    ['webp', bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8 ', Array(10).fill(0), [0x2c, 1, 200, 0])],
  ])('tell format and size: %s', (format, file) => {
    expect(imageFacts(file)).toEqual({ format, width: 300, height: 200 });
    expect(imageFault(file)).toBeUndefined();
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['SVG', bytes('<svg xmlns="http://www.w3.org/2000/svg">')],
    ['a PDF', bytes('%PDF-1.7')],
    ['a WebP that is cut off', bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8X').slice(0, 28)],
    ['a WebP that begins with another chunk', bytes('RIFF', [0, 0, 0, 0], 'WEBPICCP')],
    ['a JPEG without a frame', bytes([0xff, 0xd8], segment(0xe0, 1))],
    ['a JPEG whose segments go beyond it', bytes([0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff])],
  ])('of %s are those of no image', (_, file) => {
    expect(imageFault(file)).toBe('The image is none of PNG, JPEG, WebP, GIF');
  });

  it('tell of what no model is shown', () => {
    expect(imageFault(png(30_000, 30_000))).toContain('30000 x 30000 pixels');
    expect(imageFault(png(2010, 10))).toContain('200 times as long');
    expect(imageFault(png(10, 2000))).toBeUndefined();
    expect(imageFault(png(0, 10))).toBe('The image has no pixels');
    expect(imageFault(new Uint8Array(imageLimits.maxBytes + 1))).toContain('are allowed');
  });
});

it.each([
  ['data:image/png;base64,QUJD', 'QUJD'],
  ['data:;base64,QUI=', 'QUI='],
  ['data:image/png;name=a;BASE64,QUJD', 'QUJD'],
  ['data:image/png,QUJD', undefined],
  ['data:image/png;base64,QU JD', undefined],
  ['data:image/png;base64,', undefined],
  ['https://example.com/a.png', undefined],
])('the content of %s is %s', (url, content) => {
  expect(base64OfDataUrl(url)).toBe(content);
});

describe('parameters of a prompt about images', () => {
  const asked = { model: 'm', prompt: 'What is it?' };

  it.each([
    { image: 'a.png' },
    { image: new Uint8Array([1]) },
    { images: ['a.png', new Uint8Array([1])], maxTokens: 9 },
  ])('are %j', (more) => {
    expect(VisionGeneratorParamsSchema.safeParse({ ...asked, ...more }).success).toBe(true);
  });

  it.each([{}, { image: 'a', images: ['b'] }, { image: '' }, { image: 3 }, { images: [] }])(
    'are not %j',
    (more) => {
      expect(VisionGeneratorParamsSchema.safeParse({ ...asked, ...more }).success).toBe(false);
    },
  );
});
