// Half-precision numbers without headers, so that compiling takes no time.
// NUMBER: 0 bfloat16, 1 float16.

using Bits = unsigned short;

#define INFINITY __int_as_float(0x7f800000)
#define LOG2_E 1.4426950408889634f

__device__ inline float widened(Bits bits) {
#if NUMBER == 0
  return __int_as_float(static_cast<int>(bits) << 16);
#else
  float value;
  asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
  return value;
#endif
}

__device__ inline unsigned packed(float low, float high) {
  unsigned pair;
#if NUMBER == 0
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
#else
  asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
#endif
  return pair;
}

__device__ inline Bits narrowed(float value) {
  return static_cast<Bits>(packed(value, 0.0f));
}

// Eight numbers that were read at once.
__device__ inline void widen(const uint4& eight, float* out) {
  const unsigned words[4] = {eight.x, eight.y, eight.z, eight.w};
#pragma unroll
  for (int word = 0; word < 4; ++word) {
#if NUMBER == 0
    out[2 * word] = __int_as_float(words[word] << 16);
    out[2 * word + 1] = __int_as_float(words[word] & 0xffff0000u);
#else
    out[2 * word] = widened(static_cast<Bits>(words[word]));
    out[2 * word + 1] = widened(static_cast<Bits>(words[word] >> 16));
#endif
  }
}

// 2 to the power of x, as exact as a weight has to be.
__device__ inline float power2(float x) {
  float value;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(value) : "f"(x));
  return value;
}
