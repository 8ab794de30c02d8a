/* A CUDA driver of one card that has no card: memory is the host's, and its one kernel is written in
   C. It is there to see whether calls and their arguments arrive. */
#include <stdlib.h>
#include <string.h>

typedef int R;
typedef unsigned long long P;
typedef void *H;

static P used;
static int current;

R cuInit(unsigned flags) { return flags == 0 ? 0 : 1; }
R cuDriverGetVersion(int *version) { *version = 12040; return 0; }
R cuDeviceGetCount(int *count) { *count = 1; return 0; }
R cuDeviceGet(int *device, int ordinal) { *device = 70 + ordinal; return 0; }
R cuDeviceGetName(char *name, int length, int device) {
  return device == 70 && length == 256 ? (strcpy(name, "Card of C"), 0) : 1;
}
R cuDeviceGetUuid(char *uuid, int device) {
  for (int i = 0; i < 16; i++) uuid[i] = (char)(i * 17);
  return 0;
}
R cuDeviceTotalMem_v2(size_t *bytes, int device) { *bytes = (size_t)5 << 32; return 0; }
R cuDeviceGetAttribute(int *value, int attribute, int device) {
  *value = attribute == 75 ? 8 : attribute == 76 ? 9 : 1000 + attribute;
  return 0;
}
R cuCtxCreate_v2(H *context, unsigned flags, int device) {
  *context = (H)0x1234567812345678ULL;
  current++;
  return 0;
}
R cuCtxDestroy_v2(H context) { return context == (H)0x1234567812345678ULL ? 0 : 201; }
R cuCtxPushCurrent_v2(H context) {
  current++;
  return context == (H)0x1234567812345678ULL ? 0 : 201;
}
R cuCtxPopCurrent_v2(H *context) { *context = (H)1; return current-- > 0 ? 0 : 201; }
R cuStreamCreate(H *stream, unsigned flags) { *stream = (H)0x8765432187654321ULL; return flags == 1 ? 0 : 1; }
R cuStreamDestroy_v2(H stream) { return 0; }
R cuStreamSynchronize(H stream) { return stream == (H)0x8765432187654321ULL ? 0 : 400; }
R cuMemAlloc_v2(P *address, size_t bytes) {
  if (bytes > (size_t)1 << 32) return 2;
  used += bytes;
  *address = (P)malloc(bytes);
  return 0;
}
R cuMemFree_v2(P address) { free((void *)address); return 0; }
R cuMemGetInfo_v2(size_t *rest, size_t *total) {
  *rest = ((size_t)5 << 32) - used;
  *total = (size_t)5 << 32;
  return 0;
}
R cuMemHostAlloc(void **address, size_t bytes, unsigned flags) { *address = malloc(bytes); return 0; }
R cuMemFreeHost(void *address) { free(address); return 0; }
R cuMemcpyHtoDAsync_v2(P target, const void *source, size_t bytes, H stream) {
  memcpy((void *)target, source, bytes);
  return 0;
}
R cuMemcpyDtoHAsync_v2(void *target, P source, size_t bytes, H stream) {
  memcpy(target, (void *)source, bytes);
  return 0;
}
R cuMemcpyDtoDAsync_v2(P target, P source, size_t bytes, H stream) {
  memcpy((void *)target, (void *)source, bytes);
  return 0;
}
R cuMemsetD8Async(P address, unsigned char value, size_t count, H stream) {
  memset((void *)address, value, count);
  return 0;
}
R cuModuleLoadDataEx(H *module, const void *image, unsigned count, int *options, void **values) {
  if (strstr(image, "wrong")) {
    for (unsigned i = 0; i < count; i++)
      if (options[i] == 5) strcpy(values[i], "ptxas says that it is wrong");
    return 218;
  }
  *module = (H)5;
  return strlen(image) > 100 ? 0 : 200;
}
R cuModuleGetFunction(H *function, H module, const char *name) {
  *function = (H)77;
  return module == (H)5 && strcmp(name, "scale") == 0 ? 0 : 500;
}
R cuFuncGetAttribute(int *value, int attribute, H function) {
  *value = attribute == 0 ? 1024 : 0;
  return 0;
}
R cuFuncSetAttribute(H function, int attribute, int value) { return 0; }
R cuLaunchKernel(H function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                 unsigned bz, unsigned shared, H stream, void **parameters, void **extra) {
  if (function != (H)77 || gx != 2 || gy != 3 || gz != 4 || bx != 5 || by != 6 || bz != 7 ||
      shared != 8 || stream != (H)0x8765432187654321ULL || extra)
    return 1;
  float *values = *(float **)parameters[0];
  float factor = *(float *)parameters[1];
  struct { int first; float second; } *structure = parameters[2];
  int count = *(int *)parameters[3];
  if (structure->first == -1) return 719;
  for (int i = 0; i < count; i++) values[i] = values[i] * factor + structure->second;
  return 0;
}
R cuGetErrorName(R result, const char **text) {
  *text = result == 719 ? "CUDA_ERROR_LAUNCH_FAILED" : 0;
  return *text ? 0 : 1;
}
R cuGetErrorString(R result, const char **text) {
  *text = result == 719 ? "unspecified launch failure" : 0;
  return *text ? 0 : 1;
}

#ifdef GRAPHS
R cuStreamBeginCapture_v2(H stream, int mode) { return mode == 1 ? 0 : 1; }
R cuStreamEndCapture(H stream, H *graph) { *graph = (H)11; return 0; }
R cuGraphInstantiateWithFlags(H *executable, H graph, P flags) {
  *executable = (H)12;
  return graph == (H)11 && flags == 0 ? 0 : 1;
}
R cuGraphLaunch(H executable, H stream) { return executable == (H)12 ? 0 : 1; }
R cuGraphExecDestroy(H executable) { return 0; }
R cuGraphDestroy(H graph) { return 0; }
#endif
