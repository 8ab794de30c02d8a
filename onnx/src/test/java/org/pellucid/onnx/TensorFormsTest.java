package org.pellucid.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.PellucidException;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Every form in which a file may hold a tensor's elements. */
class TensorFormsTest {
  private static final int FLOAT = 1;
  private static final int UINT8 = 2;
  private static final int INT8 = 3;
  private static final int UINT16 = 4;
  private static final int INT16 = 5;
  private static final int INT32 = 6;
  private static final int INT64 = 7;
  private static final int BOOL = 9;
  private static final int FLOAT16 = 10;
  private static final int DOUBLE = 11;
  private static final int UINT32 = 12;
  private static final int UINT64 = 13;
  private static final int BFLOAT16 = 16;
  private static final int UINT4 = 21;
  private static final int INT4 = 22;

  @TempDir Path directory;

  /** The tensor as it comes out of a file, through an Identity so that it is a graph's output. */
  private Tensor read(int type, int length, Consumer<OnnxMessage> elements) throws IOException {
    OnnxMessage tensor = new OnnxMessage().number(1, length).number(2, type).text(8, "w");
    elements.accept(tensor);
    byte[] model =
        new OnnxModelBuilder(13)
            .input("x", 1)
            .initializer(tensor)
            .node("Identity", List.of("w"), List.of("y"))
            .output("y")
            .bytes();
    Path file = Files.write(directory.resolve("model.onnx"), model);
    ModelGraph graph = new OnnxImporter().read(file, ImportOptions.DEFAULT);
    return graph.constants().get("y");
  }

  /** Two to a byte, the first in the lower half; of an odd number the last half is nothing. */
  @Test
  void integersOfFourBits() throws IOException {
    byte[] bytes = {(byte) 0x8f, 0x17, (byte) 0xf2};
    for (boolean raw : new boolean[] {true, false}) {
      Consumer<OnnxMessage> elements =
          tensor -> {
            if (raw) {
              tensor.blob(9, bytes);
            } else {
              tensor.packed(5, 0x8fL, 0x17L, 0xf2L);
            }
          };
      assertThat(read(UINT4, 5, elements).toLongArray()).containsExactly(15, 8, 7, 1, 2);
      assertThat(read(INT4, 5, elements).toLongArray()).containsExactly(-1, -8, 7, 1, 2);
      assertThat(read(INT4, 6, elements).toLongArray()).containsExactly(-1, -8, 7, 1, 2, -1);
      assertThatThrownBy(() -> read(INT4, 7, elements)).isInstanceOf(PellucidException.class);
      assertThatThrownBy(() -> read(INT4, 3, elements)).isInstanceOf(PellucidException.class);
    }
  }

  private static byte[] little(int bytes, Consumer<ByteBuffer> put) {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    put.accept(buffer);
    return buffer.array();
  }

  private static void assertFloats(Tensor found, float... expected) {
    assertThat(found.elementType()).isEqualTo(ElementType.FLOAT32);
    assertThat(found.toFloatArray()).containsExactly(expected);
  }

  private static void assertWholes(Tensor found, long... expected) {
    assertThat(found.elementType()).isEqualTo(ElementType.INT64);
    assertThat(found.toLongArray()).containsExactly(expected);
  }

  @Test
  void floats() throws IOException {
    byte[] raw = little(12, b -> b.putFloat(1.5f).putFloat(-2).putFloat(1e-40f));
    assertFloats(read(FLOAT, 3, t -> t.blob(9, raw)), 1.5f, -2, 1e-40f);
    assertFloats(read(FLOAT, 3, t -> t.packed(4, 1.5f, -2f, 1e-40f)), 1.5f, -2, 1e-40f);
    assertFloats(read(FLOAT, 3, t -> t.packed(4, 1.5f).packed(4, -2f, 7f)), 1.5f, -2, 7);
    assertFloats(read(FLOAT, 2, t -> t.real(4, 1.5f).real(4, -2f)), 1.5f, -2);
    assertFloats(read(FLOAT, 0, t -> {}));
  }

  @Test
  void doublesAreRounded() throws IOException {
    byte[] raw = little(16, b -> b.putDouble(0.1).putDouble(-3));
    assertFloats(read(DOUBLE, 2, t -> t.blob(9, raw)), 0.1f, -3);
    assertFloats(read(DOUBLE, 2, t -> t.blob(10, raw)), 0.1f, -3);
    assertFloats(read(DOUBLE, 2, t -> t.wideReal(10, 0.1).wideReal(10, -3)), 0.1f, -3);
  }

  @Test
  void narrowFloatsAreWidened() throws IOException {
    // 1, -2, the largest half, the smallest subnormal half.
    int[] halves = {0x3c00, 0xc000, 0x7bff, 0x0001};
    byte[] raw = little(8, b -> Arrays.stream(halves).forEach(half -> b.putShort((short) half)));
    float[] expected = {1, -2, 65504, 0x1p-24f};
    assertFloats(read(FLOAT16, 4, t -> t.blob(9, raw)), expected);
    long[] wide = Arrays.stream(halves).asLongStream().toArray();
    assertFloats(read(FLOAT16, 4, t -> t.packed(5, wide)), expected);
    byte[] brain = little(4, b -> b.putShort((short) 0x3fc0).putShort((short) 0xc120));
    assertFloats(read(BFLOAT16, 2, t -> t.blob(9, brain)), 1.5f, -10);
    assertFloats(read(BFLOAT16, 2, t -> t.packed(5, 0x3fc0, 0xc120)), 1.5f, -10);
  }

  @Test
  void everyHalfIsWidenedExactly() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      int exponent = bits >> 10 & 31;
      int fraction = bits & 1023;
      double magnitude =
          exponent == 31
              ? fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN
              : exponent == 0
                  ? Math.scalb((double) fraction, -24)
                  : Math.scalb(1024.0 + fraction, exponent - 25);
      float expected = (float) (bits >> 15 == 0 ? magnitude : -magnitude);
      assertThat(Float.compare(NarrowFloats.ofBinary16((short) bits), expected)).isZero();
    }
  }

  @Test
  void integers() throws IOException {
    byte[] longs = little(16, b -> b.putLong(-5).putLong(1L << 40));
    assertWholes(read(INT64, 2, t -> t.blob(9, longs)), -5, 1L << 40);
    assertWholes(read(INT64, 2, t -> t.packed(7, -5, 1L << 40)), -5, 1L << 40);
    assertWholes(read(INT64, 2, t -> t.number(7, -5).number(7, 1L << 40)), -5, 1L << 40);
    assertWholes(read(UINT64, 2, t -> t.packed(11, 5, 1L << 40)), 5, 1L << 40);
    byte[] ints = little(8, b -> b.putInt(-5).putInt(7));
    assertWholes(read(INT32, 2, t -> t.blob(9, ints)), -5, 7);
    assertWholes(read(INT32, 2, t -> t.packed(5, -5, 7)), -5, 7);
    assertWholes(read(UINT32, 2, t -> t.blob(9, ints)), (1L << 32) - 5, 7);
    assertWholes(read(UINT32, 2, t -> t.packed(11, (1L << 32) - 5, 7)), (1L << 32) - 5, 7);
    byte[] shorts = little(4, b -> b.putShort((short) -5).putShort((short) 7));
    assertWholes(read(INT16, 2, t -> t.blob(9, shorts)), -5, 7);
    assertWholes(read(UINT16, 2, t -> t.blob(9, shorts)), 65531, 7);
    assertWholes(read(INT16, 2, t -> t.packed(5, -5, 7)), -5, 7);
    byte[] bytes = {-5, 7};
    assertWholes(read(INT8, 2, t -> t.blob(9, bytes)), -5, 7);
    assertWholes(read(UINT8, 2, t -> t.blob(9, bytes)), 251, 7);
    assertWholes(read(UINT8, 2, t -> t.packed(5, 251, 7)), 251, 7);
  }

  @Test
  void truths() throws IOException {
    Tensor raw = read(BOOL, 3, t -> t.blob(9, new byte[] {0, 1, 5}));
    assertThat(raw.elementType()).isEqualTo(ElementType.BOOL);
    assertThat(raw.toLongArray()).containsExactly(0, 1, 1);
    assertThat(read(BOOL, 2, t -> t.packed(5, 1, 0)).toLongArray()).containsExactly(1, 0);
  }

  @Test
  void elementsBeyondOnePiece() throws IOException {
    // 3 MiB and a bit: no multiple of the size in which files are read.
    int length = 3 * (1 << 18) + 5;
    float[] expected = new float[length];
    Random random = new Random(1);
    for (int i = 0; i < length; i++) {
      expected[i] = random.nextFloat();
    }
    byte[] raw = little(4 * length, b -> b.asFloatBuffer().put(expected));
    assertThat(read(FLOAT, length, t -> t.blob(9, raw)).toFloatArray()).isEqualTo(expected);
    assertThat(read(FLOAT, length, t -> t.packed(4, expected)).toFloatArray()).isEqualTo(expected);
    byte[] wide =
        little(
            8 * length,
            b -> {
              for (float element : expected) {
                b.putDouble(element);
              }
            });
    assertThat(read(DOUBLE, length, t -> t.blob(9, wide)).toFloatArray()).isEqualTo(expected);
    long[] wholes = random.longs(length).toArray();
    assertThat(read(INT64, length, t -> t.packed(7, wholes)).toLongArray()).isEqualTo(wholes);
  }

  /** The weights themselves and a little more; the file is never in memory as a whole. */
  @Test
  void weightsAreHeldOnce() throws IOException {
    int rows = 1 << 12;
    int columns = 1 << 11;
    byte[] model =
        new OnnxModelBuilder(13)
            .input("x", 1, rows)
            .initializer("w", Tensor.of(Shape.of(rows, columns), new float[rows * columns]))
            .node("MatMul", List.of("x", "w"), List.of("y"))
            .output("y")
            .bytes();
    Path file = Files.write(directory.resolve("model.onnx"), model);
    new OnnxImporter().read(file, ImportOptions.DEFAULT);
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    ModelGraph graph = new OnnxImporter().read(file, ImportOptions.DEFAULT);
    long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    assertThat(graph.constantBytes()).isEqualTo(4L * rows * columns);
    assertThat(allocated).isLessThan(graph.constantBytes() * 11 / 10);
  }
}
