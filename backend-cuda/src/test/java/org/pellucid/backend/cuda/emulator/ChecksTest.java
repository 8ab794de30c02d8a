package org.pellucid.backend.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.backend.cuda.CudaContext;
import org.pellucid.backend.cuda.CudaException;
import org.pellucid.backend.cuda.CudaRuntime;
import org.pellucid.backend.cuda.DeviceBuffer;
import org.pellucid.backend.cuda.Dim3;
import org.pellucid.backend.cuda.KernelImage;
import org.pellucid.backend.cuda.KernelLibrary;

/** Whatever a kernel does wrong is found, and told with its place. */
class ChecksTest {
  private static final String SHARED = ".shared .align 4 .b8 tile[512];";

  private static CudaException failure(EmulatedCard card, String module, String body, int threads) {
    CudaException failure =
        catchThrowableOfType(
            CudaException.class, () -> Snippet.run(card, Snippet.ptx(module, body), threads));
    assertThat(failure).as("a failure").isNotNull();
    return failure;
  }

  static Stream<Arguments> wrongAccesses() {
    return Stream.of(
        // The buffers have 8 bytes for each of 64 threads.
        arguments("st.global.b32 [%pointer3+8], %d0;", 700, "offset 512 of allocation 4"),
        arguments("ld.global.b32 %d0, [%pointer0+8];", 700, "which has 512 bytes"),
        arguments("ld.global.v4.b32 {%r0, %r1, %r2, %r3}, [%pointer0];", 716, "multiple of 16"),
        arguments("ld.global.b32 %d0, [%pointer0+2];", 716, "multiple of 4"),
        arguments("mov.b64 %x0, 0; ld.global.b32 %d0, [%x0];", 700, "where nothing was allocated"),
        arguments("ld.global.b32 %d0, [%pointer0+-4];", 700, "4 bytes before allocation 1"),
        arguments("ld.b32 %d0, [%pointer0+8];", 700, "offset 512"),
        arguments("atom.global.add.u32 %d0, [%pointer0+8], 1;", 700, "atomic update"),
        arguments("red.global.add.f32 [%pointer0+2], %a0;", 716, "atomic update"),
        arguments("ld.shared.b32 %d0, [512];", 700, "shared memory, which has 512 bytes"),
        arguments("st.shared.b32 [2], %d0;", 716, "shared memory"),
        arguments("mov.u64 %x0, tile; ld.shared.b32 %d0, [%x0+512];", 700, "shared memory"),
        arguments(".local .b8 own[16]; ld.local.b32 %d0, [own+16];", 700, "local memory"),
        arguments("ld.param.b32 %d0, [pd+8];", 700, "the parameters"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void wrongAccesses(String line, int code, String told) {
    for (EmulatedCard card :
        List.of(EmulatedCard.hopper(), EmulatedCard.hopper().withRaceCheck())) {
      CudaException failure = failure(card, SHARED, line, 64);
      assertThat(failure.code()).isEqualTo(code);
      assertThat(failure)
          .hasMessageContaining(told)
          .hasMessageContaining("kernel snippet, block (0, 0, 0), thread (")
          .hasMessageContaining(
              line.substring(line.lastIndexOf(';', line.length() - 2) + 1)
                  .strip()
                  .replace(";", ""));
    }
  }

  /** The thread that goes too far is named: its number is where the buffer ends. */
  @Test
  void theThreadIsNamed() {
    assertThat(failure(EmulatedCard.hopper(), "", "ld.global.b64 %d, [%pointer0+80];", 64))
        .hasMessageContaining("thread (54, 0, 0)");
  }

  @Test
  void freedMemoryIsFound() {
    CudaRuntime runtime = CudaRuntime.start(new EmulatedCudaDriver());
    try (CudaContext context = runtime.open(runtime.devices().get(0))) {
      KernelLibrary library =
          new KernelLibrary(context, List.of(new KernelImage("s", Snippet.ptx("", ""), Map.of())));
      DeviceBuffer freed = context.allocate(64);
      long address = freed.address();
      freed.close();
      DeviceBuffer other = context.allocate(64);
      library.kernel("snippet").launch(Dim3.of(1), Dim3.of(1), 0, address, other, other, other);
      assertThatThrownBy(context::synchronize)
          .isInstanceOf(CudaException.class)
          .hasMessageContaining("which was freed");
    }
  }

  static Stream<Arguments> races() {
    String own = "shl.b32 %r0, %r15, 2; ";
    String next = own + "add.u32 %r1, %r15, 32; and.b32 %r1, %r1, 63; shl.b32 %r1, %r1, 2; ";
    return Stream.of(
        arguments(next + "st.shared.b32 [%r0], %d0; ld.shared.b32 %d0, [%r1];", "read of byte"),
        arguments(next + "ld.shared.b32 %d0, [%r1]; st.shared.b32 [%r0], %d0;", "write of byte"),
        arguments("st.shared.b32 [4], %d0;", "write of byte"),
        arguments(
            "setp.lt.u32 %p0, %r15, 32; @%p0 st.shared.b32 [4], %d0;"
                + " atom.shared.add.u32 %d0, [4], 1;",
            "atomic update of byte"),
        arguments(
            next
                + "cvt.u64.u32 %x0, %r0; cp.async.ca.shared.global [%r0], [%pointer0], 4;"
                + " cp.async.commit_group; bar.sync 0; ld.shared.b32 %d0, [%r1];",
            "an asynchronous copy that was not waited for"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void races(String body, String told) {
    CudaException failure = failure(EmulatedCard.hopper().withRaceCheck(), SHARED, body, 64);
    assertThat(failure.code()).isEqualTo(719);
    assertThat(failure).hasMessageContaining("race in shared memory: ").hasMessageContaining(told);
  }

  static Stream<Arguments> noRaces() {
    String own = "shl.b32 %r0, %r15, 2; ";
    String next = own + "add.u32 %r1, %r15, 32; and.b32 %r1, %r1, 63; shl.b32 %r1, %r1, 2; ";
    return Stream.of(
        arguments(
            next
                + "st.shared.b32 [%r0], %d0; bar.sync 0; ld.shared.b32 %d0, [%r1]; bar.sync 0;"
                + " st.shared.b32 [%r0], %d0;"),
        arguments("atom.shared.add.u32 %d0, [4], 1;"),
        // What a warp does among itself is in order here.
        arguments(own + "st.shared.b32 [%r0], %d0; xor.b32 %r1, %r0, 4; ld.shared.b32 %d0, [%r1];"),
        arguments("ld.shared.b32 %d0, [4];"),
        // Neighbouring bytes are not the same byte.
        arguments("cvt.u16.u32 %h0, %r15; st.shared.b8 [%r15], %h0;"),
        arguments(
            next
                + "cp.async.ca.shared.global [%r0], [%pointer0], 4; cp.async.commit_group;"
                + " cp.async.wait_group 0; bar.sync 0; ld.shared.b32 %d0, [%r1];"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void noRaces(String body) {
    assertThat(Snippet.run(EmulatedCard.hopper().withRaceCheck(), Snippet.ptx(SHARED, body), 64))
        .hasSize(64);
  }

  static Stream<Arguments> wrongFlows() {
    return Stream.of(
        arguments(
            "setp.lt.u32 %p0, %r15, 10; @%p0 bra SKIP; bar.sync 0; SKIP: bar.sync 0;",
            719, "divergent barrier"),
        arguments("setp.lt.u32 %p0, %r15, 10; @%p0 bar.sync 0; bar.sync 0;", 719, "divergent"),
        arguments("bar.sync 1, 96;", 719, "divergent barrier"),
        arguments(
            "setp.lt.u32 %p0, %r15, 10; @!%p0 bra SKIP;"
                + " shfl.sync.bfly.b32 %d0, %a0, 16, 31, -1; SKIP:",
            719, "does not take part"),
        arguments("shfl.sync.idx.b32 %d0, %a0, 0, 31, 1;", 719, "does not name"),
        arguments("trap;", 719, "the kernel's own trap"),
        arguments("LOOP: bra.uni LOOP;", 702, "does not end"),
        arguments("mov.u32 %r0, 5; T: .branchtargets A; brx.idx %r0, T; A:", 718, "number 5"),
        arguments(
            "setp.lt.u32 %p0, %r15, 3; @%p0 mma.sync.aligned.m16n8k4.row.col.f32.tf32.tf32.f32"
                + " {%f0, %f1, %f2, %f3}, {%r0, %r1}, {%r2}, {%f0, %f1, %f2, %f3};",
            719, "not all lanes"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void wrongFlows(String body, int code, String told) {
    CudaException failure = failure(EmulatedCard.hopper().withMostSteps(100_000), "", body, 64);
    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure).hasMessageContaining(told);
  }

  /** Threads that have ended are not waited for. */
  @Test
  void barriersDoNotWaitForWhoHasEnded() {
    String body = "setp.ge.u32 %p0, %r15, 40; @%p0 ret; bar.sync 0; mov.b64 %d, 1; bar.sync 0;";
    long[] found = Snippet.run(EmulatedCard.hopper(), Snippet.ptx("", body), 64);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isEqualTo(i < 40 ? 1 : -1);
    }
  }

  @Test
  void barriersOfSomeThreadsAndWithVotes() {
    String body =
        """
        setp.lt.u32 %p0, %r15, 32;
        @!%p0 bra OTHERS;
        bar.sync 1, 32;
        OTHERS:
        setp.lt.u32 %p1, %r15, 10;
        barrier.red.popc.u32 %d0, 0, %p1;
        bar.red.or.pred %p2, 0, %p1;
        bar.red.and.pred %p3, 0, !%p1;
        selp.b32 %r0, 100, 0, %p2;
        selp.b32 %r1, 1000, 0, %p3;
        add.u32 %d0, %d0, %r0;
        add.u32 %d0, %d0, %r1;
        cvt.u64.u32 %d, %d0;
        """;
    assertThat(Snippet.run(EmulatedCard.hopper(), Snippet.ptx("", body), 64)).containsOnly(110);
  }

  static Stream<Arguments> launches() {
    return Stream.of(
        arguments(Dim3.of(1), Dim3.of(1025), 0),
        arguments(Dim3.of(1), new Dim3(1, 1, 65), 0),
        arguments(new Dim3(1, 70_000, 1), Dim3.of(1), 0),
        arguments(Dim3.of(1), Dim3.of(1), 228 << 10));
  }

  /** Some are refused before the driver sees them. */
  @ParameterizedTest
  @MethodSource
  void launches(Dim3 grid, Dim3 block, int shared) {
    CudaRuntime runtime = CudaRuntime.start(new EmulatedCudaDriver());
    try (CudaContext context = runtime.open(runtime.devices().get(0))) {
      KernelLibrary library =
          new KernelLibrary(context, List.of(new KernelImage("s", Snippet.ptx("", ""), Map.of())));
      var kernel = library.kernel("snippet");
      assertThatThrownBy(() -> kernel.launch(grid, block, shared, 0L, 0L, 0L, 0L))
          .isInstanceOfAny(CudaException.class, IllegalArgumentException.class)
          .hasMessageContaining("snippet");
      assertThat(context.usable()).isTrue();
    }
  }

  /** What was not written holds no number, so that its use shows. */
  @Test
  void freshMemoryIsNotANumber() {
    CudaRuntime runtime = CudaRuntime.start(new EmulatedCudaDriver());
    try (CudaContext context = runtime.open(runtime.devices().get(0))) {
      float[] values = new float[4];
      context.allocate(16).read(values);
      assertThat(values).containsOnly(Float.NaN);
    }
    String body = "mov.u32 %r0, 0; ld.shared.b32 %d0, [%r0]; cvt.u64.u32 %d, %d0;";
    assertThat(Snippet.run(EmulatedCard.hopper(), Snippet.ptx(SHARED, body), 4))
        .containsOnly(0xffffffffL);
  }
}
