/** Numbers, or little-endian float32 values in base64: a third of the bytes. */
export function toVector(embedding: string | number[]): number[] {
  if (typeof embedding !== 'string') return embedding;
  const bytes = Uint8Array.from(atob(embedding), (character) => character.codePointAt(0) ?? 0);
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.byteLength / Float32Array.BYTES_PER_ELEMENT }, (_, index) =>
    view.getFloat32(index * Float32Array.BYTES_PER_ELEMENT, true),
  );
}
