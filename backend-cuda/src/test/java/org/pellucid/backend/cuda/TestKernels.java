package org.pellucid.backend.cuda;

import java.util.List;
import java.util.Map;

/** A few kernels for what is around them. */
final class TestKernels {
  /** {@code values[i] = values[i] * factor + offset}, for i below count. */
  static final KernelImage SCALE =
      new KernelImage(
          "scale",
          """
          .version 7.0
          .target sm_75
          .address_size 64
          .visible .entry scale(
            .param .u64 .ptr .align 1 scale_param_0,
            .param .f32 scale_param_1,
            .param .align 4 .b8 scale_param_2[8],
            .param .u32 scale_param_3
          )
          {
            .reg .pred %p<2>;
            .reg .f32 %f<5>;
            .reg .b32 %r<8>;
            .reg .b64 %rd<4>;
            ld.param.u64 %rd1, [scale_param_0];
            ld.param.f32 %f1, [scale_param_1];
            ld.param.f32 %f2, [scale_param_2+4];
            ld.param.u32 %r1, [scale_param_3];
            mov.u32 %r2, %ctaid.x;
            mov.u32 %r3, %ntid.x;
            mov.u32 %r4, %tid.x;
            mad.lo.s32 %r5, %r2, %r3, %r4;
            setp.ge.s32 %p1, %r5, %r1;
            @%p1 bra $L__BB0_2;
            mul.wide.s32 %rd2, %r5, 4;
            add.s64 %rd3, %rd1, %rd2;
            ld.global.f32 %f3, [%rd3];
            fma.rn.f32 %f4, %f3, %f1, %f2;
            st.global.f32 [%rd3], %f4;
            $L__BB0_2:
            ret;
          }
          """,
          Map.of());

  /** Reverses the 4-byte words of one block in dynamic shared memory; for newer cards only. */
  static final KernelImage REVERSE =
      new KernelImage(
          "reverse",
          """
          .version 7.0
          .target sm_80
          .address_size 64
          .extern .shared .align 16 .b8 words[];
          .visible .entry reverse(.param .u64 p) .maxntid 256, 1, 1
          {
            .reg .b32 %r<8>;
            .reg .b64 %rd<4>;
            ld.param.u64 %rd1, [p];
            mov.u32 %r1, %tid.x;
            mov.u32 %r2, %ntid.x;
            mul.wide.u32 %rd2, %r1, 4;
            add.s64 %rd3, %rd1, %rd2;
            ld.global.u32 %r3, [%rd3];
            mov.u32 %r4, words;
            shl.b32 %r5, %r1, 2;
            add.u32 %r5, %r5, %r4;
            st.shared.u32 [%r5], %r3;
            bar.sync 0;
            sub.u32 %r6, %r2, %r1;
            sub.u32 %r6, %r6, 1;
            shl.b32 %r6, %r6, 2;
            add.u32 %r6, %r6, %r4;
            ld.shared.u32 %r7, [%r6];
            st.global.u32 [%rd3], %r7;
            ret;
          }
          """,
          Map.of());

  private TestKernels() {}

  static KernelLibrary library(CudaContext context) {
    return new KernelLibrary(context, List.of(SCALE, REVERSE));
  }
}
