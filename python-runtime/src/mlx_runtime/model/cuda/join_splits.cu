// Joins what several blocks found for the same query, each in a stretch of keys.
//
// SIZE: of a head; see numbers.cuh for NUMBER.

// grid: (queries), threads: SIZE
// partial: (queries, splits, SIZE + 2), out: (queries, SIZE)
extern "C" __global__ void __launch_bounds__(SIZE) join_splits(
    const float* partial, Bits* out, int splits) {
  const float* mine = partial + static_cast<long>(blockIdx.x) * splits * (SIZE + 2);
  float best = -INFINITY;
  for (int split = 0; split < splits; ++split)
    best = fmaxf(best, mine[split * (SIZE + 2) + SIZE]);
  float total = 0.0f, value = 0.0f;
  for (int split = 0; split < splits; ++split) {
    const float* part = mine + split * (SIZE + 2);
    const float factor = best == -INFINITY ? 0.0f : power2(part[SIZE] - best);
    total += factor * part[SIZE + 1];
    value += factor * part[threadIdx.x];
  }
  out[static_cast<long>(blockIdx.x) * SIZE + threadIdx.x] =
      narrowed(total > 0.0f ? value / total : 0.0f);
}
