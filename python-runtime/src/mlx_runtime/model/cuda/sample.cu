// One token per row from its logits, by the definition of `host_sampler`:
// a row keeps the tokens whose logit reaches its threshold, and takes the
// inverse of their cumulative distribution, in token-id order, at one draw.
//
// One block serves a row, whose logits stay in the second-level cache while the
// thresholds are searched for. Sums are always added in the same order.

#if NUMBER == 2
using Logit = float;
__device__ inline float number(float logit) { return logit; }
#else
using Logit = Bits;
__device__ inline float number(Bits logit) { return widened(logit); }
#endif

// More would leave each too few registers.
constexpr int kThreads = 512;
constexpr int kWarps = kThreads / 32;
constexpr int kWays = 8;
constexpr int kRounds = 10;  // 8 ** 10 distances, more than there are

// Tokens further than this below the best one carry nothing that counts.
constexpr float kDeepest = 32.0f;
// Distances below this are equal: their weights are the same number.
constexpr float kNearest = 9.3132257e-10f;  // 2 ** -30
constexpr unsigned kEverything = 0xffffffffu;

// How far a token is below the best one, in an order-preserving integer.
__device__ inline unsigned distance(float scaled) {
  const float below = fmaxf(-scaled, kNearest);
  return __float_as_uint(below) - __float_as_uint(kNearest);
}

// Adds up what every thread holds; each gets the sums.
template <int N>
__device__ __forceinline__ void add_up(float (&values)[N], float (*scratch)[kWarps]) {
  const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
#pragma unroll
  for (int i = 0; i < N; ++i) {
#pragma unroll
    for (int offset = 16; offset > 0; offset /= 2)
      values[i] += __shfl_xor_sync(0xffffffffu, values[i], offset);
    if (lane == 0) scratch[i][warp] = values[i];
  }
  __syncthreads();
#pragma unroll
  for (int i = 0; i < N; ++i) {
    values[i] = lane < kWarps ? scratch[i][lane] : 0.0f;
#pragma unroll
    for (int offset = 16; offset > 0; offset /= 2)
      values[i] += __shfl_xor_sync(0xffffffffu, values[i], offset);
  }
  __syncthreads();
}

struct Row {
  const Logit* logits;
  int vocabulary;
  float best, sharpness;  // the largest logit, and 1 / temperature

  __device__ float scaled(int id) const {
    return (number(logits[id]) - best) * sharpness;
  }
};

// What tokens within `limit` sum up to: numbers of tokens, or their weights.
template <bool WEIGHED>
__device__ __forceinline__ float sum_within(const Row& row, unsigned limit, float (*scratch)[kWarps]) {
  float sums[1] = {0.0f};
  for (int id = threadIdx.x; id < row.vocabulary; id += kThreads) {
    const float scaled = row.scaled(id);
    if (distance(scaled) <= limit) sums[0] += WEIGHED ? __expf(scaled) : 1.0f;
  }
  add_up(sums, scratch);
  return sums[0];
}

// The least distance within which tokens, those within `limit`, sum up to `target`.
template <bool WEIGHED>
__device__ __forceinline__ unsigned reach(const Row& row, unsigned limit, float target,
                          float (*scratch)[kWarps]) {
  const unsigned deepest = distance(-kDeepest);
  unsigned low = 0, span = 1u << (3 * kRounds);
  for (int round = 0; round < kRounds; ++round) {
    const unsigned step = span / kWays;
    float sums[kWays - 1] = {};
#pragma unroll 4
    for (int id = threadIdx.x; id < row.vocabulary; id += kThreads) {
      const float scaled = row.scaled(id);
      const unsigned far = distance(scaled);
      const float value = far > limit ? 0.0f : WEIGHED ? __expf(scaled) : 1.0f;
#pragma unroll
      for (int way = 0; way < kWays - 1; ++way)
        sums[way] += far < low + (way + 1) * step ? value : 0.0f;
    }
    add_up(sums, scratch);
    int chosen = 0;
#pragma unroll
    for (int way = 0; way < kWays - 1; ++way) chosen += sums[way] < target;
    low += chosen * step;
    span = step;
  }
  return low > deepest ? kEverything : low;
}

// grid: (rows)
// all: (rows, vocabulary); settings: (rows, 5), float: 1 / temperature or 0 for greedy, most
// tokens or 0, top-p, the logarithm of min-p, and the draw
// tokens: (rows); peaks: (rows), the largest logit, NaN where one is
extern "C" __global__ void __launch_bounds__(kThreads) sample_rows(
    const Logit* all, const float* settings, unsigned* tokens, float* peaks, int vocabulary) {
  __shared__ float scratch[kWays][kWarps];
  __shared__ int ids[kWarps];
  const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  const Logit* logits = all + static_cast<long>(blockIdx.x) * vocabulary;
  const float* mine = settings + blockIdx.x * 5;

  float best = -INFINITY;
  int at = 0;
  bool broken = false;
  for (int id = threadIdx.x; id < vocabulary; id += kThreads) {
    const float value = number(logits[id]);
    broken |= value != value;
    if (value > best) {
      best = value;
      at = id;
    }
  }
#pragma unroll
  for (int offset = 16; offset > 0; offset /= 2) {
    const float other = __shfl_xor_sync(0xffffffffu, best, offset);
    const int its = __shfl_xor_sync(0xffffffffu, at, offset);
    if (other > best || (other == best && its < at)) {
      best = other;
      at = its;
    }
  }
  if (lane == 0) {
    scratch[0][warp] = best;
    ids[warp] = at;
  }
  broken = __syncthreads_or(broken);
  best = lane < kWarps ? scratch[0][lane] : -INFINITY;
  at = lane < kWarps ? ids[lane] : vocabulary;
#pragma unroll
  for (int offset = 16; offset > 0; offset /= 2) {
    const float other = __shfl_xor_sync(0xffffffffu, best, offset);
    const int its = __shfl_xor_sync(0xffffffffu, at, offset);
    if (other > best || (other == best && its < at)) {
      best = other;
      at = its;
    }
  }
  __syncthreads();
  if (threadIdx.x == 0) {
    tokens[blockIdx.x] = at;
    peaks[blockIdx.x] = broken ? __int_as_float(0x7fc00000) : best;
  }
  const float sharpness = mine[0], most = mine[1], mass = mine[2], floor = mine[3], draw = mine[4];
  if (sharpness == 0.0f || broken || best == INFINITY || best == -INFINITY) return;

  const Row row{logits, vocabulary, best, sharpness};
  unsigned limit = kEverything;
  if (most > 0.0f && most < vocabulary) limit = reach<false>(row, limit, most, scratch);
  if (mass < 1.0f)
    limit = min(limit, reach<true>(row, limit, mass * sum_within<true>(row, limit, scratch),
                                      scratch));
  const float least = floor;
  const auto weight = [&](int id) {
    const float scaled = row.scaled(id);
    return distance(scaled) <= limit && scaled >= least ? __expf(scaled) : 0.0f;
  };

  // Each warp adds up a stretch of ids; the one in which the draw falls looks closer.
  const int stretch = (vocabulary + kThreads - 1) / kThreads * 32;
  const int first = warp * stretch, last = min(first + stretch, vocabulary);
  float sum = 0.0f;
  for (int id = first + lane; id < last; id += 32) sum += weight(id);
#pragma unroll
  for (int offset = 16; offset > 0; offset /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, offset);
  if (lane == 0) scratch[0][warp] = sum;
  __syncthreads();
  double total = 0.0;
  for (int other = 0; other < kWarps; ++other) total += scratch[0][other];
  const double target = draw * total;
  double before = 0.0;
  int chosen = 0;
  for (; chosen < kWarps - 1 && before + scratch[0][chosen] <= target; ++chosen)
    before += scratch[0][chosen];
  if (warp != chosen) return;
  int token = at;
  for (int from = first; from < last; from += 32) {
    const int id = from + lane;
    const float own = id < last ? weight(id) : 0.0f;
    float through = own;
#pragma unroll
    for (int offset = 1; offset < 32; offset *= 2) {
      const float lower = __shfl_up_sync(0xffffffffu, through, offset);
      if (lane >= offset) through += lower;
    }
    const unsigned kept = __ballot_sync(0xffffffffu, own > 0.0f);
    const unsigned past = __ballot_sync(0xffffffffu, own > 0.0f && before + through > target);
    if (past) {
      token = from + __ffs(past) - 1;
      break;
    }
    // Rounding may carry the draw past the last token that is kept.
    if (kept) token = from + 31 - __clz(kept);
    before += __shfl_sync(0xffffffffu, through, 31);
  }
  if (lane == 0) tokens[blockIdx.x] = token;
}
