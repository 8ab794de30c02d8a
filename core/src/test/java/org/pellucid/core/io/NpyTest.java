package org.pellucid.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

class NpyTest {
  @TempDir Path folder;

  private Path file(int version, String header, byte[] elements) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer length = ByteBuffer.allocate(version == 1 ? 2 : 4).order(ByteOrder.LITTLE_ENDIAN);
    if (version == 1) {
      length.putShort((short) text.length);
    } else {
      length.putInt(text.length);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
    bytes.write(length.array());
    bytes.write(text);
    bytes.write(elements);
    return Files.write(folder.resolve("array.npy"), bytes.toByteArray());
  }

  private static String header(String descr, boolean fortran, String shape) {
    return "{'descr': '"
        + descr
        + "', 'fortran_order': "
        + (fortran ? "True" : "False")
        + ", 'shape': "
        + shape
        + ", }\n";
  }

  private static byte[] bytes(ByteOrder order, int width, double... values) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length * width).order(order);
    for (double value : values) {
      switch (width) {
        case 1 -> buffer.put((byte) value);
        case 2 -> buffer.putShort((short) (int) value);
        case 4 -> buffer.putInt((int) (long) value);
        default -> buffer.putLong((long) value);
      }
    }
    return buffer.array();
  }

  @ParameterizedTest
  @CsvSource({
    "i1, 1, -3, 100",
    "i2, 2, -300, 1000",
    "i4, 4, -70000, 1000",
    "i8, 8, -5000000000, 1000",
    "u1, 1, 200, 100",
    "u2, 2, 60000, 100",
    "u4, 4, 4000000000, 100"
  })
  void readsIntegersInBothOrders(String type, int width, long first, long second)
      throws IOException {
    for (String order : new String[] {"<", ">"}) {
      ByteOrder bytes = order.equals("<") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
      Tensor tensor =
          Npy.read(
              file(
                  1,
                  header(order + type, false, "(2,)"),
                  bytes(bytes, width, (double) first, (double) second)));
      assertThat(tensor.type()).hasToString("int64[2]");
      assertThat(tensor.toLongArray()).containsExactly(first, second);
    }
  }

  @Test
  void readsFloatsOfAllWidths() throws IOException {
    ByteBuffer doubles = ByteBuffer.allocate(16).order(ByteOrder.BIG_ENDIAN);
    doubles.putDouble(Math.PI).putDouble(-1e300);
    Tensor wide = Npy.read(file(2, header(">f8", false, "(2,)"), doubles.array()));
    assertThat(wide.elementType()).isEqualTo(ElementType.FLOAT64);
    assertThat(wide.toDoubleArray()).containsExactly(Math.PI, -1e300);

    ByteBuffer floats = ByteBuffer.allocate(8).order(ByteOrder.BIG_ENDIAN);
    floats.putFloat(1.5f).putFloat(Float.NEGATIVE_INFINITY);
    Tensor single = Npy.read(file(3, header(">f4", false, "(1, 2)"), floats.array()));
    assertThat(single.type()).hasToString("float32[1, 2]");
    assertThat(single.toFloatArray()).containsExactly(1.5f, Float.NEGATIVE_INFINITY);
  }

  /** Bit patterns from the standard: 1, -2, largest, smallest normal and subnormal, zeros. */
  @Test
  void widensHalfFloats() throws IOException {
    int[] bits = {0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x0000, 0x8000, 0x7c00, 0xfc00, 0x3555};
    double[] patterns = Arrays.stream(bits).asDoubleStream().toArray();
    Tensor tensor =
        Npy.read(
            file(1, header("<f2", false, "(10,)"), bytes(ByteOrder.LITTLE_ENDIAN, 2, patterns)));
    assertThat(tensor.elementType()).isEqualTo(ElementType.FLOAT32);
    assertThat(tensor.toFloatArray())
        .containsExactly(
            1f,
            -2f,
            65504f,
            0x1p-14f,
            0x1p-24f,
            0f,
            -0f,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            0x1.554p-2f);
    byte[] nan = bytes(ByteOrder.LITTLE_ENDIAN, 2, 0x7e00);
    assertThat(Npy.read(file(1, header("<f2", false, "(1,)"), nan)).get(0)).isNaN();
  }

  @Test
  void readsTruthValues() throws IOException {
    Tensor tensor = Npy.read(file(1, header("|b1", false, "(3,)"), new byte[] {0, 1, 5}));
    assertThat(tensor.type()).hasToString("bool[3]");
    assertThat(tensor.toLongArray()).containsExactly(0, 1, 1);
  }

  @Test
  void readsFortranOrder() throws IOException {
    // Element (i, j, k) of shape [2, 3, 2] is 100 i + 10 j + k; i varies fastest.
    double[] values = {0, 100, 10, 110, 20, 120, 1, 101, 11, 111, 21, 121};
    Tensor tensor =
        Npy.read(
            file(1, header("<i4", true, "(2, 3, 2)"), bytes(ByteOrder.LITTLE_ENDIAN, 4, values)));
    assertThat(tensor.toLongArray())
        .containsExactly(0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121);
  }

  @Test
  void readsHeadersAsPythonWrites() throws IOException {
    byte[] one = bytes(ByteOrder.LITTLE_ENDIAN, 1, 7);
    for (String header :
        new String[] {
          "{'shape': (1L,), 'fortran_order': False, 'descr': '|i1'}",
          "{\"descr\":\"|i1\",\"fortran_order\":False,\"shape\":(1,)}   \n",
          "{'descr': 'i1', 'fortran_order': True, 'shape': (1, 1, 1), }",
          "{'descr': '=i1', 'fortran_order': False, 'shape': (), }"
        }) {
      assertThat(Npy.read(file(1, header, one)).get(0)).isEqualTo(7);
    }
  }

  @Test
  void survivesWritingAndReading() {
    Random random = new Random(5);
    Shape shape = Shape.of(3, 7, 1009);
    int size = 3 * 7 * 1009;
    float[] floats = new float[size];
    double[] doubles = new double[size];
    long[] longs = new long[size];
    byte[] truths = new byte[size];
    for (int i = 0; i < size; i++) {
      floats[i] = random.nextFloat();
      doubles[i] = random.nextGaussian();
      longs[i] = random.nextLong();
      truths[i] = (byte) random.nextInt(2);
    }
    Path file = folder.resolve("new/folder/array.npy");
    Npy.write(file, Tensor.of(shape, floats));
    assertThat(Npy.read(file).floats()).isEqualTo(Tensor.of(shape, floats).floats());
    Npy.write(file, Tensor.of(shape, doubles));
    assertThat(Npy.read(file).doubles()).isEqualTo(Tensor.of(shape, doubles).doubles());
    Npy.write(file, Tensor.of(shape, longs));
    assertThat(Npy.read(file).longs()).isEqualTo(Tensor.of(shape, longs).longs());
    Npy.write(file, Tensor.of(shape, truths));
    assertThat(Npy.read(file).bools()).isEqualTo(Tensor.of(shape, truths).bools());
    assertThat(Npy.read(file).shape()).isEqualTo(shape);
    assertThat(folder.resolve("new/folder")).isDirectoryNotContaining("glob:**.tmp");
    Npy.write(file, Tensor.of(Shape.of(2, 0), new float[0]));
    assertThat(Npy.read(file).type()).hasToString("float32[2, 0]");
  }

  /** The same bytes as numpy.save; lengths from numpy 2.4.6. */
  @Test
  void writesWhatNumpyWrites() throws IOException {
    Path file = folder.resolve("array.npy");
    Npy.write(file, Tensor.of(Shape.of(1, 2), 1.5f, -2f));
    byte[] bytes = Files.readAllBytes(file);
    assertThat(bytes).hasSize(136);
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }";
    assertThat(new String(bytes, 10, 118, StandardCharsets.ISO_8859_1))
        .isEqualTo(header + " ".repeat(117 - header.length()) + "\n");
    assertThat(Arrays.copyOfRange(bytes, 0, 10))
        .containsExactly(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0);
    assertThat(Arrays.copyOfRange(bytes, 128, 136))
        .containsExactly(0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0);
    Npy.write(file, Tensor.scalar(3L));
    assertThat(Files.readAllBytes(file)).hasSize(136);
    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).contains("'shape': (), }");
    Npy.write(file, Tensor.of(Shape.of(2), new byte[] {0, 1}));
    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
        .contains("'descr': '|b1'", "'shape': (2,), }");
  }

  private void refused(Path file, String part) {
    assertThatThrownBy(() -> Npy.read(file))
        .isInstanceOf(MalformedInputException.class)
        .message()
        .contains(file.toString(), part)
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), } | 12 bytes, and 8 follow",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } | 4 bytes, and 8 follow",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), } | not a length",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647, 9), } | 2^31-1",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296,), } | 2^31-1",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), } | length",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647, 0), } | 2^31-1",
        "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), } | '<c8'",
        "{'descr': '<u8', 'fortran_order': False, 'shape': (1,), } | '<u8'",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), } | records",
        "{'descr': '<f4', 'fortran_order': False} | the keys",
        "{'descr': '<f4', 'fortran_order': 'False', 'shape': (2,)} | another type",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'shape': (2,)} | twice",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x | after the closing brace",
        "{'descr': '<f4 | does not end",
        "__import__('os') | '{'",
        "'' | '{'"
      })
  void refusesHeadersThatLie(String header, String part) throws IOException {
    refused(file(1, header, new byte[8]), part);
  }

  @Test
  void refusesOtherFiles() throws IOException {
    refused(folder.resolve("missing.npy"), "does not exist");
    refused(folder, "is not a file");
    refused(Files.write(folder.resolve("empty.npy"), new byte[0]), "numpy.save");
    refused(Files.writeString(folder.resolve("zip.npz"), "PK\3\4 and so on"), ".npz");
    refused(file(4, header("<f4", false, "(2,)"), new byte[8]), "version 4");
    byte[] long32 = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, -1, -1, -1, -1};
    refused(Files.write(folder.resolve("long.npy"), long32), "4294967295");
    byte[] cut = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 100, 0, '{'};
    refused(Files.write(folder.resolve("cut.npy"), cut), "within its header");
    refused(file(1, header("|O", false, "(1,)"), new byte[8]), "'|O'");
    refused(file(1, "{'sha\npe': (1,)}", new byte[4]), "control characters");
    refused(file(1, "{'" + "x".repeat(5000) + "': (1,)}", new byte[4]), "5000 characters");
    refused(file(1, "{'shape': (" + "1, ".repeat(40) + ")}", new byte[0]), "32 axes");
  }

  /** Every change of one byte of a header gives an array or one line. */
  @ParameterizedTest
  @ValueSource(ints = {0x01, 0x10, 0xff})
  void survivesDamage(int change) throws IOException {
    byte[] whole = Files.readAllBytes(file(1, header("<f4", true, "(2, 3)"), new byte[24]));
    Path file = folder.resolve("damaged.npy");
    for (int at = 0; at < whole.length - 24; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) change;
      Files.write(file, damaged);
      try {
        Npy.read(file);
      } catch (MalformedInputException e) {
        assertThat(e.getMessage()).contains(file.toString());
      }
    }
  }

  @Test
  void keepsTheOldFileWhenWritingFails() throws IOException {
    Path file = folder.resolve("kept.txt");
    Files.writeString(file, "old");
    BiConsumer<Path, AtomicFiles.Content> write = AtomicFiles::write;
    assertThatThrownBy(
            () ->
                write.accept(
                    file,
                    out -> {
                      out.write(1);
                      throw new IOException("no space left");
                    }))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("no space left");
    assertThat(file).hasContent("old");
    assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
    assertThatThrownBy(() -> Npy.write(folder, Tensor.scalar(1f)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("directory");
    assertThatThrownBy(() -> Npy.write(file.resolve("below.npy"), Tensor.scalar(1f)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("below.npy");
  }
}
