package org.pellucid.backend.cuda.emulator;

import java.util.List;
import java.util.Map;
import org.pellucid.backend.cuda.CudaContext;
import org.pellucid.backend.cuda.CudaRuntime;
import org.pellucid.backend.cuda.DeviceBuffer;
import org.pellucid.backend.cuda.Dim3;
import org.pellucid.backend.cuda.KernelImage;
import org.pellucid.backend.cuda.KernelLibrary;

/**
 * A few lines of PTX in a kernel of one block, each thread of which has 64 bits from each of three
 * arrays in {@code %a}, {@code %b} and {@code %c}, and leaves 64 bits in {@code %d}. {@code %a0},
 * {@code %b0}, {@code %c0} and {@code %d0} are their lower 32 bits, and {@code %ah} and so on their
 * lower 16.
 */
final class Snippet {
  private static final String FRAME =
      """
      .version 7.8
      .target sm_80
      .address_size 64
      %s
      .visible .entry snippet(.param .u64 pa, .param .u64 pb, .param .u64 pc, .param .u64 pd)
      {
        .reg .b64 %%pointer<5>;
        .reg .b64 %%a, %%b, %%c, %%d, %%x<8>;
        .reg .b32 %%a0, %%b0, %%c0, %%d0, %%r<16>;
        .reg .b16 %%ah, %%bh, %%ch, %%dh, %%h<8>;
        .reg .f32 %%f<8>;
        .reg .f64 %%fd<8>;
        .reg .pred %%p<8>;
        mov.u32 %%r15, %%tid.x;
        mul.wide.u32 %%pointer4, %%r15, 8;
        ld.param.u64 %%pointer0, [pa];
        ld.param.u64 %%pointer1, [pb];
        ld.param.u64 %%pointer2, [pc];
        ld.param.u64 %%pointer3, [pd];
        add.s64 %%pointer0, %%pointer0, %%pointer4;
        add.s64 %%pointer1, %%pointer1, %%pointer4;
        add.s64 %%pointer2, %%pointer2, %%pointer4;
        add.s64 %%pointer3, %%pointer3, %%pointer4;
        ld.global.b64 %%a, [%%pointer0];
        ld.global.b64 %%b, [%%pointer1];
        ld.global.b64 %%c, [%%pointer2];
        cvt.u32.u64 %%a0, %%a;
        cvt.u32.u64 %%b0, %%b;
        cvt.u32.u64 %%c0, %%c;
        cvt.u16.u32 %%ah, %%a0;
        cvt.u16.u32 %%bh, %%b0;
        cvt.u16.u32 %%ch, %%c0;
        mov.b64 %%d, 0;
        mov.b32 %%d0, 0;
      %s
        st.global.b64 [%%pointer3], %%d;
        ret;
      }
      """;

  private Snippet() {}

  /** The text of a kernel. */
  static String ptx(String module, String body) {
    return FRAME.formatted(module, body);
  }

  /** What each thread leaves, on a card without race check. */
  static long[] run(String body, long[] a, long[] b, long[] c) {
    return run(EmulatedCard.hopper(), ptx("", body), a, b, c);
  }

  /** What each thread leaves. */
  static long[] run(EmulatedCard card, String ptx, long[] a, long[] b, long[] c) {
    CudaRuntime runtime = CudaRuntime.start(new EmulatedCudaDriver(card));
    try (CudaContext context = runtime.open(runtime.devices().get(0))) {
      KernelLibrary library =
          new KernelLibrary(context, List.of(new KernelImage("snippet", ptx, Map.of())));
      DeviceBuffer pa = upload(context, a);
      DeviceBuffer pb = upload(context, b);
      DeviceBuffer pc = upload(context, c);
      DeviceBuffer pd = context.allocate(8L * a.length);
      library.kernel("snippet").launch(Dim3.of(1), Dim3.of(a.length), 0, pa, pb, pc, pd);
      context.synchronize();
      long[] d = new long[a.length];
      pd.read(d);
      return d;
    }
  }

  /** A snippet of so many threads whose inputs do not matter. */
  static long[] run(EmulatedCard card, String ptx, int threads) {
    long[] none = new long[threads];
    return run(card, ptx, none, none, none);
  }

  private static DeviceBuffer upload(CudaContext context, long[] values) {
    DeviceBuffer buffer = context.allocate(8L * values.length);
    buffer.write(values);
    return buffer;
  }
}
