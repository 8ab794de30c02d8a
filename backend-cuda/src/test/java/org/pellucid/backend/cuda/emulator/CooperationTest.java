package org.pellucid.backend.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Memory spaces, vectors, atomics, warps and matrices, with answers worked out another way. */
class CooperationTest {
  private static final String SHARED =
      ".extern .shared .align 16 .b8 dynamic[];" + " .shared .align 16 .b8 tile[2048];";

  private static long[] indices(int threads) {
    return IntStream.range(0, threads).mapToLong(i -> i).toArray();
  }

  private static long[] run(String body, int threads) {
    long[] index = indices(threads);
    return Snippet.run(EmulatedCard.hopper(), Snippet.ptx(SHARED, body), index, index, index);
  }

  static Stream<Arguments> shuffles() {
    return Stream.of(
        arguments("up", 3, 0, (IntUnaryOperator) i -> i % 32 >= 3 ? i - 3 : i),
        arguments("down", 3, 31, (IntUnaryOperator) i -> i % 32 < 29 ? i + 3 : i),
        arguments("bfly", 5, 31, (IntUnaryOperator) i -> i ^ 5),
        arguments("idx", 7, 31, (IntUnaryOperator) i -> i / 32 * 32 + 7),
        // Segments of 8 lanes.
        arguments("down", 3, 0x181f, (IntUnaryOperator) i -> i % 8 < 5 ? i + 3 : i),
        arguments("idx", 2, 0x181f, (IntUnaryOperator) i -> i / 8 * 8 + 2),
        arguments("up", 3, 0x1800, (IntUnaryOperator) i -> i % 8 >= 3 ? i - 3 : i));
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource
  void shuffles(String mode, int by, int clamp, IntUnaryOperator source) {
    String body =
        "shfl.sync.%s.b32 %%d0|%%p0, %%a0, %d, %d, -1; cvt.u64.u32 %%d, %%d0;"
                .formatted(mode, by, clamp)
            + " @!%p0 add.u64 %d, %d, 1000;";
    long[] found = run(body, 64);
    for (int i = 0; i < 64; i++) {
      int from = source.applyAsInt(i);
      boolean own = from == i && !(mode.equals("idx") && i % (clamp == 31 ? 32 : 8) == by);
      assertThat(found[i]).as("lane %d", i).isEqualTo(own ? i + 1000 : from);
    }
  }

  @Test
  void ballots() {
    long[] found =
        run(
            "setp.lt.u32 %p0, %r15, 40; vote.sync.ballot.b32 %d0, %p0, -1;"
                + " cvt.u64.u32 %d, %d0;",
            64);
    assertThat(found[0]).isEqualTo(0xffffffffL);
    assertThat(found[63]).isEqualTo(0xffL);
  }

  @Test
  void votes() {
    String body =
        """
        setp.lt.u32 %p0, %r15, 40;
        vote.sync.all.pred %p1, %p0, -1;
        vote.sync.any.pred %p2, %p0, -1;
        vote.sync.uni.pred %p3, %p0, -1;
        selp.b64 %x0, 1, 0, %p1;
        selp.b64 %x1, 10, 0, %p2;
        selp.b64 %x2, 100, 0, %p3;
        add.u64 %d, %x0, %x1;
        add.u64 %d, %d, %x2;
        """;
    long[] found = run(body, 96);
    assertThat(found[0]).isEqualTo(111);
    assertThat(found[32]).isEqualTo(10);
    assertThat(found[64]).isEqualTo(100);
  }

  @Test
  void matchesReductionsAndMasks() {
    String body =
        """
        and.b32 %r0, %a0, 3;
        match.any.sync.b32 %r1, %r0, -1;
        redux.sync.max.s32 %r2, %a0, -1;
        redux.sync.add.u32 %r3, %a0, -1;
        activemask.b32 %r4;
        mov.u32 %r5, %lanemask_lt;
        xor.b32 %d0, %r1, %r4;
        popc.b32 %r6, %d0;
        popc.b32 %r7, %r5;
        mad.lo.u32 %r6, %r6, 1000, %r7;
        mad.lo.u32 %r3, %r3, 1000, %r2;
        mov.b64 %d, {%r6, %r3};
        """;
    long[] found = run(body, 64);
    for (int i = 0; i < 64; i++) {
      assertThat((int) found[i]).isEqualTo(24 * 1000 + i % 32);
      int first = i / 32 * 32;
      int sum = IntStream.range(first, first + 32).sum();
      assertThat((int) (found[i] >> 32)).isEqualTo(sum * 1000 + first + 31);
    }
  }

  static Stream<Arguments> atomics() {
    return Stream.of(
        // From 5, each of 32 threads with its number: the sum of all, and what each found.
        arguments("add.u32", 5L, 5L + 496),
        arguments("max.s32", 5L, 31L),
        arguments("min.u32", 5L, 0L),
        arguments("or.b32", 5L, 31L),
        arguments("and.b32", 5L, 0L),
        arguments("xor.b32", 5L, 5L),
        arguments("exch.b32", 5L, 31L),
        // Counts up to the number, and then begins at 0.
        arguments("inc.u32", 0L, 31L),
        arguments("dec.u32", 3L, 31L),
        arguments("add.u64", 5L, 5L + 496),
        arguments("add.f32", 0x40a00000L, (long) Float.floatToRawIntBits(501)),
        arguments("add.f64", Double.doubleToRawLongBits(5), Double.doubleToRawLongBits(501)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void atomics(String operation, long start, long expected) {
    for (String space : new String[] {"global", "shared"}) {
      boolean wide = operation.endsWith("64");
      String address = space.equals("global") ? "%x1" : "%x2";
      String operand = wide ? "%x3" : operation.endsWith("f32") ? "%r7" : "%a0";
      String body =
          """
          mov.u64 %x2, tile;
          mul.wide.u32 %x4, %r15, 8;
          sub.s64 %x1, %pointer3, %x4;
          cvt.rn.f32.u32 %r7, %a0;
          SUMMAND
          setp.eq.u32 %p0, %r15, 0;
          @%p0 st.SPACE.b64 [ADDRESS], START;
          bar.sync 0;
          atom.SPACE.OPERATION RESULT, [ADDRESS], OPERAND;
          bar.sync 0;
          ld.SPACE.b64 %d, [ADDRESS];
          bar.sync 0;
          """
              .replace(
                  "SUMMAND",
                  !operation.contains("f") ? "mov.b64 %x3, %a;" : "cvt.rn.f64.u32 %x3, %a0;")
              .replace("SPACE", space)
              .replace("ADDRESS", address)
              .replace("OPERATION", operation)
              .replace("RESULT", wide ? "%x5" : "%r0")
              .replace("OPERAND", operand)
              .replace("START", Long.toString(start));
      assertThat(run(body, 32)).as(space).containsOnly(expected);
    }
  }

  @Test
  void compareAndSwapTakesTurns() {
    // Each thread adds its number to a sum, trying again as often as another came first.
    String body =
        """
        mov.u32 %r8, tile;
        setp.eq.u32 %p0, %r15, 0;
        @%p0 st.shared.b32 [%r8], 0;
        bar.sync 0;
        RETRY:
        ld.shared.b32 %r0, [%r8];
        add.u32 %r1, %r0, %a0;
        atom.shared.cas.b32 %r2, [%r8], %r0, %r1;
        setp.ne.u32 %p1, %r2, %r0;
        @%p1 bra RETRY;
        bar.sync 0;
        ld.shared.u32 %d0, [%r8];
        cvt.u64.u32 %d, %d0;
        """;
    assertThat(run(body, 64)).containsOnly(63 * 32);
  }

  @Test
  void vectorsAndNarrowElements() {
    String body =
        """
        shl.b32 %r8, %r15, 4;
        mov.u32 %r9, tile;
        add.u32 %r8, %r8, %r9;
        add.u32 %r1, %a0, 100;
        cvt.rn.f32.u32 %f0, %a0;
        mov.b32 %r2, %f0;
        st.shared.v4.b32 [%r8], {%a0, %r1, %r2, -1};
        ld.shared.v2.f32 {%f1, %f2}, [%r8+8];
        ld.shared.u8 %h0, [%r8+15];
        ld.shared.s8 %h1, [%r8+15];
        ld.shared.u16 %r3, [%r8+4];
        cvt.rzi.u32.f32 %r4, %f1;
        cvt.u32.u16 %r5, %h0;
        cvt.s32.s16 %r6, %h1;
        add.u32 %d0, %r3, %r4;
        add.u32 %d0, %d0, %r5;
        add.u32 %d0, %d0, %r6;
        cvt.u64.u32 %d, %d0;
        """;
    long[] found = run(body, 64);
    for (int i = 0; i < 64; i++) {
      assertThat(found[i]).isEqualTo(i + 100 + i + 255 - 1);
    }
  }

  /** An address of any space may be made generic, and back. */
  @Test
  void genericAddressesAndLocalMemory() {
    String body =
        """
        .local .align 8 .b8 own[16];
        mov.u64 %x0, own;
        st.local.b64 [%x0+8], %a;
        cvta.local.u64 %x1, %x0;
        ld.b64 %x2, [%x1+8];
        mov.u64 %x3, tile;
        cvta.shared.u64 %x4, %x3;
        mul.wide.u32 %x5, %r15, 8;
        add.u64 %x4, %x4, %x5;
        st.b64 [%x4], %x2;
        cvta.to.shared.u64 %x6, %x4;
        ld.shared.b64 %d, [%x6];
        isspacep.shared %p0, %x4;
        @!%p0 mov.b64 %d, 777;
        and.b32 %r0, %r15, 1;
        setp.eq.u32 %p1, %r0, 0;
        selp.b64 %x7, %x4, %pointer0, %p1;
        ld.b64 %x7, [%x7];
        add.u64 %d, %d, %x7;
        """;
    long[] found = run(body, 64);
    for (int i = 0; i < 64; i++) {
      assertThat(found[i]).isEqualTo(2L * i);
    }
  }

  @Test
  void variablesOfTheModule() {
    String module =
        """
        .const .align 4 .b32 table[4] = {10, 20, 0x1e, 40};
        .global .align 4 .b8 bytes[6] = {1, 2, 3, 4, 5};
        """;
    String body =
        """
        and.b32 %r0, %r15, 3;
        mul.wide.u32 %x0, %r0, 4;
        mov.u64 %x1, table;
        add.u64 %x1, %x1, %x0;
        ld.const.u32 %r1, [%x1];
        ld.global.u8 %r2, [bytes+4];
        ld.global.u8 %r3, [bytes+5];
        add.u32 %r1, %r1, %r2;
        add.u32 %r1, %r1, %r3;
        cvt.u64.u32 %d, %r1;
        """;
    long[] found = Snippet.run(EmulatedCard.hopper(), Snippet.ptx(module, body), 8);
    for (int i = 0; i < 8; i++) {
      assertThat(found[i]).isEqualTo(10L * (i % 4 + 1) + 5);
    }
  }

  /** The copy is there only when it was waited for; what was to be left out becomes zero. */
  @Test
  void asynchronousCopies() {
    String body =
        """
        shl.b32 %r8, %r15, 4;
        mov.u32 %r9, tile;
        add.u32 %r8, %r8, %r9;
        cp.async.ca.shared.global [%r8], [%pointer0], 8;
        cp.async.commit_group;
        mov.u32 %r0, 4;
        cp.async.ca.shared.global [%r8+8], [%pointer0], 8, %r0;
        cp.async.commit_group;
        ld.shared.b32 %r1, [%r8];
        cp.async.wait_group 1;
        ld.shared.b32 %r2, [%r8];
        ld.shared.b32 %r3, [%r8+8];
        cp.async.wait_all;
        ld.shared.v2.b32 {%r4, %r5}, [%r8+8];
        setp.eq.u32 %p0, %r1, -1;
        setp.eq.and.u32 %p0, %r3, -1, %p0;
        setp.eq.and.u32 %p0, %r2, %a0, %p0;
        setp.eq.and.u32 %p0, %r4, %a0, %p0;
        setp.eq.and.u32 %p0, %r5, 0, %p0;
        selp.b64 %d, 1, 0, %p0;
        """;
    long[] values = indices(64);
    Arrays.setAll(values, i -> i | 77L << 32);
    assertThat(
            Snippet.run(EmulatedCard.hopper(), Snippet.ptx(SHARED, body), values, values, values))
        .containsOnly(1);
  }

  /**
   * Products of matrices whose elements are small integers, exact in every type, computed here from
   * the definition. Each lane takes its fragment from arrays in row order, by the ISA's tables.
   */
  @ParameterizedTest
  @CsvSource({"4, tf32", "8, tf32", "8, bf16", "16, bf16", "8, f16", "16, f16"})
  void matrixProducts(int k, String type) {
    int[][] a = new int[16][k];
    int[][] b = new int[k][8];
    for (int i = 0; i < 16; i++) {
      for (int j = 0; j < k; j++) {
        a[i][j] = (3 * i + 5 * j) % 11 - 5;
      }
    }
    for (int i = 0; i < k; i++) {
      for (int j = 0; j < 8; j++) {
        b[i][j] = (7 * i + 2 * j) % 13 - 6;
      }
    }
    boolean single = type.equals("tf32");
    int perA = single ? k / 2 : k / 4;
    int perB = perA / 2;
    int perElement = single ? 1 : 2;
    // The fragments of a lane, one register in each 8 bytes.
    long[][] fragments = new long[perA + perB][32];
    for (int lane = 0; lane < 32; lane++) {
      int g = lane >> 2;
      int t = lane & 3;
      for (int r = 0; r < perA; r++) {
        int row = g + (r % 2) * 8;
        int column = single ? t + r / 2 * 4 : 2 * t + r / 2 * 8;
        for (int e = 0; e < perElement; e++) {
          fragments[r][lane] |= bits(type, a[row][column + e]) << 16 * e;
        }
      }
      for (int r = 0; r < perB; r++) {
        int row = single ? t + r * 4 : 2 * t + r * 8;
        for (int e = 0; e < perElement; e++) {
          fragments[perA + r][lane] |= bits(type, b[row + e][g]) << 16 * e;
        }
      }
    }
    float[][] found = multiply(k, type, perA, perB, fragments);
    for (int lane = 0; lane < 32; lane++) {
      for (int r = 0; r < 4; r++) {
        int row = (lane >> 2) + r / 2 * 8;
        int column = 2 * (lane & 3) + r % 2;
        float sum = 100 * r;
        for (int j = 0; j < k; j++) {
          sum += a[row][j] * b[j][column];
        }
        assertThat(found[r][lane]).as("row %d, column %d", row, column).isEqualTo(sum);
      }
    }
  }

  private static long bits(String type, float value) {
    return switch (type) {
      case "tf32" -> Float.floatToRawIntBits(value) & 0xffffffffL;
      case "bf16" -> Float.floatToRawIntBits(value) >>> 16;
      default -> Half.FLOAT16.bits(value) & 0xffffL;
    };
  }

  /** Fragments reach the lanes through shared memory, two registers at a time. */
  private static float[][] multiply(int k, String type, int perA, int perB, long[][] fragments) {
    StringBuilder body = new StringBuilder();
    for (int r = 0; r < perA + perB; r++) {
      body.append("ld.const.u32 %r").append(r).append(", [%x0+").append(128 * r).append("];\n");
    }
    StringBuilder module = new StringBuilder(".const .align 4 .b32 all[");
    module.append(32 * (perA + perB)).append("] = {");
    for (int r = 0; r < perA + perB; r++) {
      for (int lane = 0; lane < 32; lane++) {
        module.append(r + lane == 0 ? "" : ", ").append(fragments[r][lane] & 0xffffffffL);
      }
    }
    module.append("};");
    String prologue =
        "mov.u64 %x0, all; mul.wide.u32 %x1, %r15, 4; add.u64 %x0, %x0, %x1;\n"
            + "mov.f32 %f0, 0f00000000; mov.f32 %f1, 0f42c80000; mov.f32 %f2, 0f43480000;"
            + " mov.f32 %f3, 0f43960000;\n";
    String matrix =
        "mma.sync.aligned.m16n8k%d.row.col.f32.%s.%s.f32 {%%f0, %%f1, %%f2, %%f3}, {%s}, {%s},"
                .formatted(k, type, type, registers(0, perA), registers(perA, perB))
            + " {%f0, %f1, %f2, %f3};\n";
    float[][] found = new float[4][32];
    for (int r = 0; r < 4; r++) {
      String epilogue = "mov.b32 %d0, %f" + r + "; cvt.u64.u32 %d, %d0;";
      long[] bits =
          Snippet.run(
              EmulatedCard.hopper(),
              Snippet.ptx(module.toString(), prologue + body + matrix + epilogue),
              32);
      for (int lane = 0; lane < 32; lane++) {
        found[r][lane] = Float.intBitsToFloat((int) bits[lane]);
      }
    }
    return found;
  }

  private static String registers(int from, int count) {
    return String.join(", ", IntStream.range(from, from + count).mapToObj(i -> "%r" + i).toList());
  }

  /** Four matrices of 8 x 8 elements of 16 bits, each element its own place; also transposed. */
  @ParameterizedTest
  @CsvSource({"false", "true"})
  void loadsOfMatrices(boolean transposed) {
    String body =
        """
        mov.u32 %r9, tile;
        mov.u32 %r10, 0;
        FILL:
        shl.b32 %r11, %r10, 6;
        mad.lo.u32 %r11, %r15, 2, %r11;
        add.u32 %r12, %r11, %r9;
        shr.u32 %r13, %r11, 1;
        cvt.u16.u32 %h0, %r13;
        st.shared.u16 [%r12], %h0;
        add.u32 %r10, %r10, 1;
        setp.lt.u32 %p0, %r10, 8;
        @%p0 bra FILL;
        bar.sync 0;
        shl.b32 %r11, %r15, 4;
        add.u32 %r12, %r11, %r9;
        ldmatrix.sync.aligned.m8n8.x4TRANS.shared.b16 {%r0, %r1, %r2, %r3}, [%r12];
        mov.b64 %d, {%r1, %r3};
        """
            .replace("TRANS", transposed ? ".trans" : "");
    long[] found = run(body, 32);
    for (int lane = 0; lane < 32; lane++) {
      for (int half = 0; half < 4; half++) {
        int matrix = half < 2 ? 1 : 3;
        int row = lane / 4;
        int column = lane % 4 * 2 + half % 2;
        int place = 64 * matrix + (transposed ? 8 * column + row : 8 * row + column);
        assertThat((int) (found[lane] >> 16 * half) & 0xffff).isEqualTo(place);
      }
    }
  }
}
