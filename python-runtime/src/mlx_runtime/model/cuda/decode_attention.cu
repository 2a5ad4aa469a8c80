// Attention of one token of each row to everything that the row holds
// (Dao et al., "Flash-Decoding for long-context inference", 2023).
//
// A block serves the query heads that share a key head, for one row and one
// stretch of keys. A few lanes share a key; each such group keeps its own
// maximum and sums, so that nobody waits for anybody before the end. Keys that
// the mask hides are not read: a row costs what its own length costs, however
// long its neighbours are.
//
// SIZE: of a head; GROUP: query heads of a key head; see numbers.cuh for NUMBER.

constexpr int kThreads = 256;
constexpr int kWarps = kThreads / 32;
constexpr int kLanes = SIZE / 8;            // that share a key
constexpr int kGroups = kThreads / kLanes;
constexpr int kAtOnce = 4;                  // keys that a group has in hand

// grid: (splits, key heads, rows)
// q: (rows, key heads * GROUP, 1, SIZE), k and v: (rows, key heads, keys, SIZE)
// mask: per row `keys` bools, or one line for all where `mask_stride` is 0
// out: (rows, 1, key heads * GROUP, SIZE) if there is one split, else
// partial: (rows, key heads * GROUP, splits, SIZE + 2), float
extern "C" __global__ void __launch_bounds__(kThreads, 2) attend_one(
    const Bits* q, const Bits* k, const Bits* v, const bool* mask, Bits* out, float* partial,
    int keys, int stretch, bool masked, int mask_stride, float scale) {
  const int split = blockIdx.x, head = blockIdx.y, row = blockIdx.z;
  const int warp = threadIdx.x / 32, lane = threadIdx.x % kLanes;
  const int group = threadIdx.x / kLanes;
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
      wanted[i] = key < last && (!masked || seen[key]);
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
#pragma unroll
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
#pragma unroll
    for (int other = 0; other < kWarps; ++other) best = fmaxf(best, shared[other][member][SIZE]);
    float sum = 0.0f, value = 0.0f;
#pragma unroll
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
