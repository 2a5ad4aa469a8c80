/** What the first bytes of a file say of the image in it; the rest is not looked at. */
export interface ImageFacts {
  readonly format: ImageFormat;
  /** In pixels, before Exif data turn it. */
  readonly width: number;
  readonly height: number;
}
export type ImageFormat = 'png' | 'jpeg' | 'webp' | 'gif';

const STARTS_OF_FRAMES: ReadonlySet<number> = new Set([
  0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf,
]);

/**
 * Format and size by a file's content, whatever its name: PNG, JPEG, WebP and GIF.
 * Undefined for anything else, and for a header that is cut off.
 */
export function imageFacts(bytes: Uint8Array): ImageFacts | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 24) return undefined;
  if (view.getUint32(0) === 0x89_50_4e_47) {
    return { format: 'png', width: view.getUint32(16), height: view.getUint32(20) };
  }
  if (textAt(view, 0, 'GIF8')) {
    return { format: 'gif', width: view.getUint16(6, true), height: view.getUint16(8, true) };
  }
  if (textAt(view, 0, 'RIFF') && textAt(view, 8, 'WEBP')) return webp(view);
  return view.getUint16(0) === 0xff_d8 ? jpeg(view) : undefined;
}

/** The three kinds of first chunks that the container has. */
function webp(view: DataView): ImageFacts | undefined {
  if (view.byteLength < 30) return undefined;
  if (textAt(view, 12, 'VP8X')) {
    const edge = (at: number) => 1 + view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
    return { format: 'webp', width: edge(24), height: edge(27) };
  }
  if (textAt(view, 12, 'VP8L')) {
    const bits = view.getUint32(21, true);
    return { format: 'webp', width: 1 + (bits & 0x3f_ff), height: 1 + ((bits >> 14) & 0x3f_ff) };
  }
  if (!textAt(view, 12, 'VP8 ')) return undefined;
  const edge = (at: number) => view.getUint16(at, true) & 0x3f_ff;
  return { format: 'webp', width: edge(26), height: edge(28) };
}

/** Segments are skipped until the one with the size. */
function jpeg(view: DataView): ImageFacts | undefined {
  let at = 2;
  while (at + 9 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (STARTS_OF_FRAMES.has(marker)) {
      return { format: 'jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    }
    // Fill bytes come one by one, markers without a segment two by two.
    if (marker === 0xff) at += 1;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) at += 2;
    else at += 2 + Math.max(2, view.getUint16(at + 2));
  }
  return undefined;
}

function textAt(view: DataView, at: number, text: string): boolean {
  return Array.from(text).every(
    (letter, index) => view.getUint8(at + index) === letter.codePointAt(0),
  );
}
