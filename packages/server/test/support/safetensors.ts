/** Half-precision tensors by name. */
export type Tensors = Record<
  string,
  { readonly shape: readonly number[]; readonly data: Uint16Array }
>;

export function safetensors(tensors: Tensors): Buffer {
  let offset = 0;
  const header = Object.entries(tensors).map(([name, { shape, data }]) => {
    const offsets = [offset, offset + data.byteLength];
    offset += data.byteLength;
    return [name, { dtype: 'F16', shape, data_offsets: offsets }];
  });
  const text = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const parts = Object.values(tensors).map(({ data }) => Buffer.from(data.buffer));
  return Buffer.concat([length, text, ...parts]);
}
