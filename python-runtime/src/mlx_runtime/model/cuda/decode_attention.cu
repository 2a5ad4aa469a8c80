// Attention of one token of each row to everything that the row holds
// (Dao et al., "Flash-Decoding for long-context inference", 2023).
//
// A block serves the query heads that share a key head, for one row and one
// stretch of keys. A few lanes share a key; each such group keeps its own
// maximum and sums, so that nobody waits for anybody before the end. Keys that
// the mask hides are not read: a row costs what its own length costs, however
// long its neighbours are.
//
// `attend_next` also does what comes before: it turns queries and the new key by
// their position (Su et al., "RoFormer", 2021), normalises them first where the
// model does, and writes the new key and value to the row's next place. Handing
// these over one by one takes the host longer than the device needs for all.
//
// SIZE: of a head; GROUP: query heads of a key head; see numbers.cuh for NUMBER.
// NEXT: 1 for `attend_next`, 0 for `attend_one`. NORMED: 1 if heads are normalised.

constexpr int kThreads = 256;
constexpr int kWarps = kThreads / 32;
constexpr int kLanes = SIZE / 8;            // that share a key
constexpr int kGroups = kThreads / kLanes;
constexpr int kAtOnce = 2;                  // keys that a group has in hand

// Writes what the block's queries find in keys `first` to `last` that are seen.
// k_line, v_line: of this lane, for the row and key head; see the kernels for out and partial.
template <typename Seen>
__device__ __forceinline__ void attend_keys(
    const float (&query)[GROUP][8], const Bits* k_line, const Bits* v_line, int first, int last,
    Seen seen, Bits* out, float* partial) {
  const int split = blockIdx.x, head = blockIdx.y, row = blockIdx.z;
  const int warp = threadIdx.x / 32, lane = threadIdx.x % kLanes;
  const int group = threadIdx.x / kLanes;
  const long line = static_cast<long>(row) * gridDim.y + head;
  float peak[GROUP], total[GROUP], held[GROUP][8];
#pragma unroll
  for (int member = 0; member < GROUP; ++member) {
    peak[member] = -INFINITY;
    total[member] = 0.0f;
#pragma unroll
    for (int i = 0; i < 8; ++i) held[member][i] = 0.0f;
  }

  for (int from = first + group; from < last + group; from += kGroups * kAtOnce) {
    bool wanted[kAtOnce];
    uint4 k_eight[kAtOnce], v_eight[kAtOnce];
#pragma unroll
    for (int i = 0; i < kAtOnce; ++i) {
      const int key = from + i * kGroups;
      wanted[i] = key < last && seen(key);
    }
#pragma unroll
    for (int i = 0; i < kAtOnce; ++i) {
      const long key = from + i * kGroups;
      k_eight[i] = v_eight[i] = uint4{0, 0, 0, 0};
      if (wanted[i]) {
        k_eight[i] = *reinterpret_cast<const uint4*>(k_line + key * SIZE);
        v_eight[i] = *reinterpret_cast<const uint4*>(v_line + key * SIZE);
      }
    }
    float score[kAtOnce][GROUP];
#pragma unroll
    for (int i = 0; i < kAtOnce; ++i) {
      float wide[8];
      widen(k_eight[i], wide);
#pragma unroll
      for (int member = 0; member < GROUP; ++member) {
        float sum = 0.0f;
#pragma unroll
        for (int j = 0; j < 8; ++j) sum += wide[j] * query[member][j];
#pragma unroll
        for (int offset = kLanes / 2; offset > 0; offset /= 2)
          sum += __shfl_xor_sync(0xffffffffu, sum, offset);
        score[i][member] = wanted[i] ? sum : -INFINITY;
      }
    }
#pragma unroll
    for (int member = 0; member < GROUP; ++member) {
      float best = peak[member];
#pragma unroll
      for (int i = 0; i < kAtOnce; ++i) best = fmaxf(best, score[i][member]);
      const float base = best == -INFINITY ? 0.0f : best;
      const float factor = power2(peak[member] - base);
      peak[member] = best;
      total[member] *= factor;
#pragma unroll
      for (int j = 0; j < 8; ++j) held[member][j] *= factor;
#pragma unroll
      for (int i = 0; i < kAtOnce; ++i) {
        score[i][member] = power2(score[i][member] - base);
        total[member] += score[i][member];
      }
    }
#pragma unroll
    for (int i = 0; i < kAtOnce; ++i) {
      float wide[8];
      widen(v_eight[i], wide);
#pragma unroll
      for (int member = 0; member < GROUP; ++member)
#pragma unroll
        for (int j = 0; j < 8; ++j) held[member][j] += score[i][member] * wide[j];
    }
  }

  // What the groups of a warp found, and then what the warps found.
  __shared__ float shared[kWarps][GROUP][SIZE + 2];
#pragma unroll
  for (int member = 0; member < GROUP; ++member) {
#pragma unroll 1
    for (int offset = 16; offset >= kLanes; offset /= 2) {
      const float other = __shfl_xor_sync(0xffffffffu, peak[member], offset);
      const float best = fmaxf(peak[member], other);
      const float base = best == -INFINITY ? 0.0f : best;
      const float factor = power2(peak[member] - base);
      peak[member] = best;
      // Both sides scale to the common maximum before they add.
      total[member] *= factor;
      total[member] += __shfl_xor_sync(0xffffffffu, total[member], offset);
#pragma unroll
      for (int j = 0; j < 8; ++j) {
        held[member][j] *= factor;
        held[member][j] += __shfl_xor_sync(0xffffffffu, held[member][j], offset);
      }
    }
    if (threadIdx.x % 32 < kLanes) {
#pragma unroll
      for (int j = 0; j < 8; ++j) shared[warp][member][lane * 8 + j] = held[member][j];
      if (lane == 0) {
        shared[warp][member][SIZE] = peak[member];
        shared[warp][member][SIZE + 1] = total[member];
      }
    }
  }
  __syncthreads();
  for (int index = threadIdx.x; index < GROUP * SIZE; index += kThreads) {
    const int member = index / SIZE, element = index % SIZE;
    float best = -INFINITY;
#pragma unroll 1
    for (int other = 0; other < kWarps; ++other) best = fmaxf(best, shared[other][member][SIZE]);
    float sum = 0.0f, value = 0.0f;
#pragma unroll 1
    for (int other = 0; other < kWarps; ++other) {
      const float factor =
          best == -INFINITY ? 0.0f : power2(shared[other][member][SIZE] - best);
      sum += factor * shared[other][member][SIZE + 1];
      value += factor * shared[other][member][element];
    }
    const long query_line = line * GROUP + member;
    if (gridDim.x == 1) {
      out[query_line * SIZE + element] = narrowed(sum > 0.0f ? value / sum : 0.0f);
    } else {
      float* mine = partial + (query_line * gridDim.x + split) * (SIZE + 2);
      mine[element] = value;
      if (element == 0) {
        mine[SIZE] = best;
        mine[SIZE + 1] = sum;
      }
    }
  }
}

#if NEXT

// Eight numbers of a head, normalised and turned to a position; the lanes of a group hold the head.
// inverse: (SIZE / 2), radians per position
__device__ __forceinline__ void turn(const Bits* from, const Bits* weight, float epsilon, int place,
                                     const float* inverse, float (&out)[8]) {
  const int lane = threadIdx.x % kLanes;
  widen(*reinterpret_cast<const uint4*>(from + lane * 8), out);
#if NORMED
  float sum = 0.0f, factors[8];
#pragma unroll
  for (int i = 0; i < 8; ++i) sum += out[i] * out[i];
#pragma unroll
  for (int offset = kLanes / 2; offset > 0; offset /= 2)
    sum += __shfl_xor_sync(0xffffffffu, sum, offset);
  const float scale = rsqrtf(sum / SIZE + epsilon);
  widen(*reinterpret_cast<const uint4*>(weight + lane * 8), factors);
#pragma unroll
  for (int i = 0; i < 8; ++i) out[i] *= scale * factors[i];
#endif
#pragma unroll
  for (int i = 0; i < 8; ++i) {
    // Whole turns are taken off first: sines of small angles are cheap and exact enough.
    const float angle = place * inverse[(lane * 8 + i) % (SIZE / 2)];
    const float turns = rintf(angle * 0.15915494f);
    const float rest = fmaf(-turns, -1.7484555e-7f, fmaf(-turns, 6.2831855f, angle));
    const float other = __shfl_xor_sync(0xffffffffu, out[i], kLanes / 2);
    out[i] = out[i] * __cosf(rest) + (lane < kLanes / 2 ? -other : other) * __sinf(rest);
  }
}

// grid: (splits, key heads, rows)
// qkv: (rows, (key heads * (GROUP + 2)) * SIZE), queries, keys and values of the new tokens
// k and v: (rows, key heads, places, SIZE), written to where `lengths` says: (rows)
// inverse: (SIZE / 2), radians per position; q_weight, k_weight: (SIZE)
// out and partial as below
extern "C" __global__ void __launch_bounds__(kThreads, 2) attend_next(
    const Bits* qkv, Bits* k, Bits* v, const int* lengths, const float* inverse,
    const Bits* q_weight, const Bits* k_weight, Bits* out, float* partial, int places, int stretch,
    float scale, float epsilon) {
  const int split = blockIdx.x, head = blockIdx.y, row = blockIdx.z, heads = gridDim.y;
  const int lane = threadIdx.x % kLanes, place = lengths[row];
  const long line = static_cast<long>(row) * heads + head;
  const Bits* mine = qkv + static_cast<long>(row) * heads * (GROUP + 2) * SIZE;
  const int first = split * stretch, last = min(first + stretch, place + 1);

  const int group = threadIdx.x / kLanes, each = min(group, GROUP);
  Bits* k_line = k + line * places * SIZE + lane * 8;
  Bits* v_line = v + line * places * SIZE + lane * 8;

  // A group turns one of the heads, the key as the last of them.
  __shared__ float turned[GROUP][SIZE];
  float own[8];
  turn(mine + (each < GROUP ? head * GROUP + each : heads * GROUP + head) * SIZE,
       each < GROUP ? q_weight : k_weight, epsilon, place, inverse, own);
  if (group < GROUP) {
#pragma unroll
    for (int i = 0; i < 8; ++i) turned[group][lane * 8 + i] = own[i] * (scale * LOG2_E);
  } else if (group == GROUP && first <= place && last == place + 1) {
    const Bits* value = mine + (heads * (GROUP + 1) + head) * SIZE + lane * 8;
    const long at = static_cast<long>(place) * SIZE;
    *reinterpret_cast<uint4*>(k_line + at) = uint4{
        packed(own[0], own[1]), packed(own[2], own[3]), packed(own[4], own[5]),
        packed(own[6], own[7])};
    *reinterpret_cast<uint4*>(v_line + at) = *reinterpret_cast<const uint4*>(value);
  }
  __syncthreads();
  float query[GROUP][8];
#pragma unroll
  for (int member = 0; member < GROUP; ++member)
#pragma unroll
    for (int i = 0; i < 8; ++i) query[member][i] = turned[member][lane * 8 + i];
  attend_keys(query, k_line, v_line, first, last, [](int) { return true; }, out, partial);
}

#else

// grid: (splits, key heads, rows)
// q: (rows, key heads * GROUP, 1, SIZE), k and v: (rows, key heads, keys, SIZE)
// mask: per row `keys` bools, or one line for all where `mask_stride` is 0
// out: (rows, 1, key heads * GROUP, SIZE) if there is one split, else
// partial: (rows, key heads * GROUP, splits, SIZE + 2), float
extern "C" __global__ void __launch_bounds__(kThreads, 2) attend_one(
    const Bits* q, const Bits* k, const Bits* v, const bool* mask, Bits* out, float* partial,
    int keys, int stretch, bool masked, int mask_stride, float scale) {
  const int split = blockIdx.x, head = blockIdx.y, row = blockIdx.z;
  const int lane = threadIdx.x % kLanes;
  const long line = static_cast<long>(row) * gridDim.y + head;
  const Bits* k_line = k + line * keys * SIZE + lane * 8;
  const Bits* v_line = v + line * keys * SIZE + lane * 8;
  const bool* seen = mask + static_cast<long>(row) * mask_stride;
  const int first = split * stretch, last = min(first + stretch, keys);

  float query[GROUP][8];
#pragma unroll
  for (int member = 0; member < GROUP; ++member) {
    widen(*reinterpret_cast<const uint4*>(q + (line * GROUP + member) * SIZE + lane * 8),
          query[member]);
#pragma unroll
    for (int i = 0; i < 8; ++i) query[member][i] *= scale * LOG2_E;
  }
  const auto sees = [&](int key) { return !masked || seen[key]; };
  attend_keys(query, k_line, v_line, first, last, sees, out, partial);
}

#endif
