// Attention of several tokens of each row to what the row holds
// (Dao, "FlashAttention-2", 2023), with tensor cores' m16n8k16 products.
//
// Nothing is planned for a shape: any number of tokens over any number of keys
// runs the same code at once. The query heads that share a key head are served
// by the same block, as more lines of its tile, so that few tokens fill it too.
//
// SIZE: of a head; GROUP: query heads of a key head; see numbers.cuh for NUMBER.

constexpr int kWarps = 4;
constexpr int kThreads = kWarps * 32;
constexpr int kLines = kWarps * 16;  // of a tile of queries: (token, query head of the group)
constexpr int kKeys = 64;            // of a tile

__device__ inline void add_product(float* c, const unsigned* a, const unsigned* b) {
#if NUMBER == 0
#define TYPES "bf16.bf16"
#else
#define TYPES "f16.f16"
#endif
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32." TYPES ".f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, "
      "{%8,%9}, {%0,%1,%2,%3};\n"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

__device__ inline unsigned shared_address(const void* pointer) {
  return static_cast<unsigned>(__cvta_generic_to_shared(pointer));
}

__device__ inline void load_matrices(unsigned* r, unsigned address) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];\n"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(address));
}

__device__ inline void load_transposed(unsigned* r, unsigned address) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];\n"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(address));
}

// Where the 16 bytes lie that are `chunk`-th in a line of a tile; swizzled, so
// that lines below each other never meet in one bank.
__device__ inline int place_of(int line, int chunk) {
  return line * SIZE + ((chunk ^ (line & 7)) * 8);
}

__device__ inline void start_copy(Bits* to, const Bits* from, bool valid) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;\n" ::"r"(shared_address(to)),
               "l"(from), "r"(valid ? 16 : 0));
}

__device__ inline void end_group() { asm volatile("cp.async.commit_group;\n"); }

// Starts copying a tile of keys or values; those behind the last one become 0.
__device__ void start_tile(Bits* tile, const Bits* from, int count) {
  constexpr int kChunks = SIZE / 8;
#pragma unroll
  for (int index = threadIdx.x; index < kKeys * kChunks; index += kThreads) {
    const int line = index / kChunks, chunk = index % kChunks;
    const bool valid = line < count;
    start_copy(tile + place_of(line, chunk), from + (valid ? line * SIZE + chunk * 8 : 0), valid);
  }
  end_group();
}

template <int LEFT>
__device__ inline void wait_for_groups() {
  asm volatile("cp.async.wait_group %0;\n" ::"n"(LEFT));
}

// MASKING: 0 everything is seen, 1 causal from the end, 2 by an array.
// grid: (tiles of queries, key heads, rows)
// q: (rows, key heads * GROUP, tokens, SIZE), k and v: (rows, key heads, keys, SIZE)
// mask: per row (tokens, keys) bools, or the same for all rows where `mask_stride` is 0
// out: (rows, tokens, key heads * GROUP, SIZE)
extern "C" __global__ void __launch_bounds__(kThreads) attend_many(
    const Bits* q, const Bits* k, const Bits* v, const bool* mask, Bits* out, int tokens, int keys,
    int mask_stride, float scale) {
  extern __shared__ __align__(128) Bits shared[];
  constexpr int kSteps = SIZE / 16;
  // The last queries see the most keys: they start first.
  const int first = (gridDim.x - 1 - blockIdx.x) * kLines;
  const int head = blockIdx.y, row = blockIdx.z, heads = gridDim.y * GROUP;
  const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  Bits* q_tile = shared;
  Bits* k_tiles = q_tile + kLines * SIZE;
  Bits* v_tiles = k_tiles + 2 * kKeys * SIZE;
  const long line = static_cast<long>(row) * gridDim.y + head;
  const Bits* k_from = k + line * keys * SIZE;
  const Bits* v_from = v + line * keys * SIZE;
  const bool* mask_from = mask + static_cast<long>(row) * mask_stride;
  const int before = keys - tokens;  // of a causal mask: keys that the first token follows
  const int last_token = min(tokens, (first + kLines - 1) / GROUP + 1) - 1;
  const int end = MASKING == 1 ? min(keys, before + last_token + 1) : keys;
  const int tiles = (end + kKeys - 1) / kKeys;

#pragma unroll
  for (int index = threadIdx.x; index < kLines * (SIZE / 8); index += kThreads) {
    const int place = index / (SIZE / 8), chunk = index % (SIZE / 8);
    const int token = (first + place) / GROUP, member = (first + place) % GROUP;
    const bool valid = token < tokens;
    const long from = (line * GROUP + member) * tokens + token;
    start_copy(q_tile + place_of(place, chunk), q + (valid ? from * SIZE + chunk * 8 : 0), valid);
  }
  end_group();
  start_tile(k_tiles, k_from, keys);
  start_tile(v_tiles, v_from, keys);
  wait_for_groups<2>();
  __syncthreads();
  unsigned query[kSteps][4];
#pragma unroll
  for (int step = 0; step < kSteps; ++step)
    load_matrices(query[step],
                  shared_address(q_tile + place_of(warp * 16 + lane % 16, step * 2 + lane / 16)));

  float held[SIZE / 8][4];
#pragma unroll
  for (int block = 0; block < SIZE / 8; ++block)
#pragma unroll
    for (int i = 0; i < 4; ++i) held[block][i] = 0.0f;
  float peak[2] = {-INFINITY, -INFINITY}, total[2] = {0.0f, 0.0f};
  const float sharpness = scale * LOG2_E;
  const int mine = first + warp * 16 + lane / 4;  // and the line 8 further on

  for (int tile = 0; tile < tiles; ++tile) {
    const Bits* k_tile = k_tiles + (tile & 1) * kKeys * SIZE;
    const Bits* v_tile = v_tiles + (tile & 1) * kKeys * SIZE;
    const int from = tile * kKeys;
    if (tile + 1 < tiles) {
      const int next = from + kKeys;
      const int other = ((tile + 1) & 1) * kKeys * SIZE;
      start_tile(k_tiles + other, k_from + static_cast<long>(next) * SIZE, keys - next);
      start_tile(v_tiles + other, v_from + static_cast<long>(next) * SIZE, keys - next);
      wait_for_groups<3>();
    } else {
      wait_for_groups<1>();
    }
    __syncthreads();

    // By place in `score`: whether it is of a key that its token may see.
    const bool whole = from + kKeys <= keys &&
        (MASKING == 0 || (MASKING == 1 && from + kKeys <= before + (first + warp * 16) / GROUP + 1));
    unsigned seen = 0xffffffffu;
    if (!whole) {
      seen = 0;
#pragma unroll
      for (int block = 0; block < kKeys / 8; ++block)
#pragma unroll
        for (int i = 0; i < 4; ++i) {
          const int key = from + block * 8 + (lane % 4) * 2 + (i & 1);
          const int token = (mine + (i / 2) * 8) / GROUP;
          bool visible = key < keys;
          if (MASKING == 1) visible = visible && key <= before + token;
          if (MASKING == 2)
            visible = visible && token < tokens &&
                mask_from[static_cast<long>(token) * keys + key];
          seen |= static_cast<unsigned>(visible) << (block * 4 + i);
        }
    }
    const bool wanted = MASKING != 2 || __syncthreads_or(seen != 0);

    if (!wanted) {
      if (tile + 1 < tiles) {
        wait_for_groups<2>();
      } else {
        wait_for_groups<0>();
      }
      __syncthreads();
      continue;
    }

    float score[kKeys / 8][4];
#pragma unroll
    for (int block = 0; block < kKeys / 8; ++block)
#pragma unroll
      for (int i = 0; i < 4; ++i) score[block][i] = 0.0f;
#pragma unroll
    for (int step = 0; step < kSteps; ++step)
#pragma unroll
      for (int pair = 0; pair < kKeys / 16; ++pair) {
        unsigned b[4];
        load_matrices(b, shared_address(k_tile + place_of(pair * 16 + lane % 8 + (lane / 16) * 8,
                                                             step * 2 + (lane / 8) % 2)));
        add_product(score[pair * 2], query[step], b);
        add_product(score[pair * 2 + 1], query[step], b + 2);
      }

#pragma unroll
    for (int block = 0; block < kKeys / 8; ++block)
#pragma unroll
      for (int i = 0; i < 4; ++i)
        if (!(seen >> (block * 4 + i) & 1)) score[block][i] = -INFINITY;

#pragma unroll
    for (int half = 0; half < 2; ++half) {
      float best = peak[half];
#pragma unroll
      for (int block = 0; block < kKeys / 8; ++block)
        best = fmaxf(best, fmaxf(score[block][half * 2], score[block][half * 2 + 1]));
      best = fmaxf(best, __shfl_xor_sync(0xffffffffu, best, 1));
      best = fmaxf(best, __shfl_xor_sync(0xffffffffu, best, 2));
      const float base = best == -INFINITY ? 0.0f : best * sharpness;
      const float factor = power2(peak[half] * sharpness - base);
      peak[half] = best;
      float sum = 0.0f;
#pragma unroll
      for (int block = 0; block < kKeys / 8; ++block)
#pragma unroll
        for (int i = half * 2; i < half * 2 + 2; ++i) {
          score[block][i] = power2(score[block][i] * sharpness - base);
          sum += score[block][i];
        }
      total[half] = total[half] * factor + sum;
#pragma unroll
      for (int block = 0; block < SIZE / 8; ++block) {
        held[block][half * 2] *= factor;
        held[block][half * 2 + 1] *= factor;
      }
    }

    if (tile + 1 < tiles) {
      wait_for_groups<2>();
    } else {
      wait_for_groups<0>();
    }
    __syncthreads();
#pragma unroll
    for (int step = 0; step < kKeys / 16; ++step) {
      const unsigned a[4] = {
          packed(score[step * 2][0], score[step * 2][1]),
          packed(score[step * 2][2], score[step * 2][3]),
          packed(score[step * 2 + 1][0], score[step * 2 + 1][1]),
          packed(score[step * 2 + 1][2], score[step * 2 + 1][3])};
#pragma unroll
      for (int pair = 0; pair < SIZE / 16; ++pair) {
        unsigned b[4];
        load_transposed(b, shared_address(v_tile + place_of(step * 16 + lane % 16,
                                                               pair * 2 + lane / 16)));
        add_product(held[pair * 2], a, b);
        add_product(held[pair * 2 + 1], a, b + 2);
      }
    }
    // The next turn's copies overwrite what this one has read.
    __syncthreads();
  }

#pragma unroll
  for (int half = 0; half < 2; ++half) {
    float sum = total[half];
    sum += __shfl_xor_sync(0xffffffffu, sum, 1);
    sum += __shfl_xor_sync(0xffffffffu, sum, 2);
    const float share = sum > 0.0f ? 1.0f / sum : 0.0f;
    const int token = (mine + half * 8) / GROUP, member = (mine + half * 8) % GROUP;
    if (token >= tokens) continue;
    Bits* to = out + ((static_cast<long>(row) * tokens + token) * heads + head * GROUP + member) * SIZE;
#pragma unroll
    for (int block = 0; block < SIZE / 8; ++block) {
      const unsigned pair =
          packed(held[block][half * 2] * share, held[block][half * 2 + 1] * share);
      *reinterpret_cast<unsigned*>(to + block * 8 + (lane % 4) * 2) = pair;
    }
  }
}
