// What the CUDA compiler makes of ordinary code, for the emulator: functions of float32 and float64,
// integers, a switch, and a block that works together. Compiled by compile.py beside it.
extern "C" __global__ void floats(const float* x, const float* y, float* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x; if (i >= n) return;
  float a = x[i], b = y[i]; float* o = out + i;
  o[0*n] = expf(a); o[1*n] = logf(fabsf(a)+1e-3f); o[2*n] = sinf(a*1000.f); o[3*n] = cosf(a); o[4*n] = tanhf(a); o[5*n] = erff(a); o[6*n] = powf(fabsf(a), b);
  o[7*n] = sqrtf(fabsf(a)); o[8*n] = rsqrtf(fabsf(a)+1e-3f); o[9*n] = a / b; o[10*n] = fmodf(a, b); o[11*n] = floorf(a); o[12*n] = rintf(a); o[13*n] = log1pf(fabsf(a)); o[14*n] = expm1f(a); o[15*n] = atanf(a); o[16*n] = cbrtf(a); o[17*n]=1.f/(1.f+__expf(-a)); o[18*n]=__fdividef(a,b); o[19*n]=truncf(a*3.7f); o[20*n]=hypotf(a,b); o[21*n]=exp2f(a); o[22*n]=log2f(fabsf(a)+.1f); o[23*n]=sinhf(a); 
}
extern "C" __global__ void doubles(const double* x, const double* y, double* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x; if (i >= n) return;
  double a = x[i], b = y[i]; double* o = out + i;
  o[0*n] = exp(a); o[1*n] = log(fabs(a)+1e-3); o[2*n] = tanh(a); o[3*n] = erf(a); o[4*n] = sqrt(fabs(a)); o[5*n] = a / b; o[6*n] = floor(a); o[7*n] = rint(a); o[8*n]=log1p(fabs(a)); o[9*n]=expm1(a); o[10*n]=rsqrt(fabs(a)+.1); o[11*n]=trunc(a*7);
}

extern "C" __global__ void integers(const int* x, const int* y, int* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x; if (i >= n) return;
  int a = x[i], b = y[i]; unsigned u = a, v = b; long long l = (long long)a * b; int* o = out + i;
  o[0*n] = b ? a / b : 0; o[1*n] = b ? a % b : 0; o[2*n] = v ? u / v : 0; o[3*n] = (int)(l >> 7); o[4*n] = __popc(a) + __clz(b) + __ffs(a); o[5*n] = __brev(a); o[6*n] = __byte_perm(a, b, 0x5410); o[7*n] = min(a, b); o[8*n] = max(u, v);
  o[9*n] = __mulhi(a, b); o[10*n] = __umulhi(u, v); o[11*n] = (a << (b & 31)) | (u >> (b & 15)); o[12*n] = __funnelshift_l(a, b, 5); o[13*n] = a > b ? a - b : (a ^ b) & 0xff; 
  switch (a & 7) { case 0: o[14*n] = 5; break; case 1: o[14*n] = b; break; case 2: o[14*n] = -b; break; case 3: o[14*n] = b * b; break; case 4: o[14*n] = b + 1; break; case 5: o[14*n]=b>>1; break; default: o[14*n] = 99; }
  o[15*n] = (int)(l % 1000003LL); o[16*n] = __sad(a, b, 3); o[17*n] = (short)a * (signed char)b;
}
extern "C" __global__ void softmax(const float* x, float* y, int n) {
  extern __shared__ float row[]; __shared__ float part[32]; const float* r = x + (size_t)blockIdx.x * n; float m = -3.4e38f;
  for (int i = threadIdx.x; i < n; i += blockDim.x) { row[i] = r[i]; m = fmaxf(m, r[i]); }
  for (int d = 16; d; d >>= 1) m = fmaxf(m, __shfl_xor_sync(~0u, m, d));
  if (!(threadIdx.x & 31)) part[threadIdx.x >> 5] = m; __syncthreads();
  m = part[0]; for (int w = 1; w < blockDim.x >> 5; w++) m = fmaxf(m, part[w]); __syncthreads();
  float s = 0; for (int i = threadIdx.x; i < n; i += blockDim.x) { float e = expf(row[i] - m); row[i] = e; s += e; }
  for (int d = 16; d; d >>= 1) s += __shfl_xor_sync(~0u, s, d);
  if (!(threadIdx.x & 31)) part[threadIdx.x >> 5] = s; __syncthreads();
  s = 0; for (int w = 0; w < blockDim.x >> 5; w++) s += part[w];
  for (int i = threadIdx.x; i < n; i += blockDim.x) y[(size_t)blockIdx.x * n + i] = row[i] / s;
}
