import { crc32, deflateSync } from 'node:zlib';

/** A PNG of one pixel, in base64. */
export const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export const PIXEL_URL = `data:image/png;base64,${PIXEL}`;

/** A PNG of noise, which no compression makes small, in base64. */
export function noise(width: number, height: number): string {
  const rows = Buffer.alloc(height * (1 + 3 * width));
  let state = 1;
  for (let at = 0; at < rows.length; at += 1) {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    rows[at] = at % (1 + 3 * width) === 0 ? 0 : state >>> 24;
  }
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const parts = [
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat([SIGNATURE, ...parts]).toString('base64');
}

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
