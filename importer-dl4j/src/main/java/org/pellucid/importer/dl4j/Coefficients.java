package org.pellucid.importer.dl4j;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.UnsupportedModelException;

/**
 * The weights of a DL4J network: one long row of numbers, layer after layer, read as the layers ask
 * for them, straight into the arrays in which they stay. An array in ND4J's format is a buffer that
 * tells the shape (rank, lengths, strides, three more) and a buffer with the elements; a buffer is
 * a word for how it was allocated, its length, its type's name, and its elements, big endian.
 */
final class Coefficients implements Closeable {
  private static final Set<String> LONG_LENGTHS = Set.of("MIXED_DATA_TYPES", "LONG_SHAPE");
  private static final Set<String> INT_LENGTHS = Set.of("HEAP", "DIRECT", "JAVACPP");

  /** What of the heap weights may fill; the rest is for what is computed with them. */
  private static final double HEAP_FOR_WEIGHTS = 0.7;

  private static final int MOST_AXES = 32;

  private final DataInputStream in;
  private final ElementFormat format;
  private final byte[] piece = new byte[1 << 16];
  private final long total;
  private long left;

  /** How a number is stored. */
  private enum ElementFormat {
    FLOAT(4),
    DOUBLE(8),
    HALF(2),
    BFLOAT16(2);

    private final int bytes;

    ElementFormat(int bytes) {
      this.bytes = bytes;
    }

    float read(ByteBuffer buffer, int index) {
      return switch (this) {
        case FLOAT -> buffer.getFloat(4 * index);
        case DOUBLE -> (float) buffer.getDouble(8 * index);
        case HALF -> half(buffer.getShort(2 * index));
        case BFLOAT16 -> Float.intBitsToFloat(buffer.getShort(2 * index) << 16);
      };
    }

    /** IEEE 754 binary16. */
    private static float half(short bits) {
      int exponent = bits >> 10 & 0x1f;
      int fraction = bits & 0x3ff;
      float size =
          exponent == 0
              ? fraction * 0x1p-24f
              : exponent == 31
                  ? (fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN)
                  : Math.scalb(1 + fraction * 0x1p-10f, exponent - 15);
      return bits < 0 ? -size : size;
    }
  }

  private Coefficients(DataInputStream in, ElementFormat format, long total) {
    this.in = in;
    this.format = format;
    this.total = total;
    this.left = total;
  }

  /** Those of a network that has none. */
  static Coefficients none() {
    return new Coefficients(
        new DataInputStream(new ByteArrayInputStream(new byte[0])), ElementFormat.FLOAT, 0);
  }

  /**
   * Reads the header.
   *
   * @param most how many bytes can be there at most
   * @throws MalformedInputException if it contradicts itself, or promises more than can be there
   */
  static Coefficients of(DataInputStream in, long most) throws IOException {
    Header shape = header(in, Set.of("LONG", "INT"), "shape");
    long[] told = shape(in, shape);
    Header data = header(in, Set.of("FLOAT", "DOUBLE", "HALF", "BFLOAT16"), "elements");
    ElementFormat format = ElementFormat.valueOf(data.type());
    long size = 1;
    for (int axis = 1; axis <= told[0] && size >= 0; axis++) {
      // What overflows becomes negative here, as what is negative does.
      boolean fits = told[axis] >= 0 && (told[axis] == 0 || size <= Long.MAX_VALUE / told[axis]);
      size = fits ? size * told[axis] : -1;
    }
    if (size != data.length() || size < 0) {
      throw new MalformedInputException(
          size < 0
              ? "The weights' shape is impossible"
              : "The weights' shape is for " + size + " numbers, and there are " + data.length());
    }
    if (size > most / format.bytes) {
      throw new MalformedInputException(
          "The weights are said to be " + size + " numbers, more than their entry can hold");
    }
    if (size * 4.0 > Runtime.getRuntime().maxMemory() * HEAP_FOR_WEIGHTS) {
      throw new UnsupportedModelException(
          "The model's weights need "
              + (size >> 18)
              + " MiB, but the JVM may use no more than "
              + (Runtime.getRuntime().maxMemory() >> 20)
              + " MiB in all; give it more with -Xmx");
    }
    return new Coefficients(in, format, size);
  }

  /** The numbers that tell the shape: the rank, then the lengths of the axes. */
  private static long[] shape(DataInputStream in, Header header) throws IOException {
    if (header.length() < 4 || header.length() > 2 * MOST_AXES + 4) {
      throw new MalformedInputException(
          "The weights' shape is told in " + header.length() + " numbers");
    }
    long[] told = new long[(int) header.length()];
    for (int i = 0; i < told.length; i++) {
      told[i] = header.type().equals("LONG") ? in.readLong() : in.readInt();
    }
    if (told[0] < 0 || told[0] > MOST_AXES || told.length != 2 * told[0] + 4) {
      throw new MalformedInputException(
          "The weights' shape has " + told[0] + " axes and is told in " + told.length + " numbers");
    }
    return told;
  }

  private record Header(long length, String type) {}

  private static Header header(DataInputStream in, Set<String> types, String role)
      throws IOException {
    String allocation = in.readUTF();
    long length;
    if (LONG_LENGTHS.contains(allocation)) {
      length = in.readLong();
    } else if (INT_LENGTHS.contains(allocation)) {
      length = in.readInt();
    } else {
      throw new MalformedInputException(
          "The weights are no array of ND4J: their " + role + " begins with " + quoted(allocation));
    }
    String type = in.readUTF().toUpperCase(Locale.ROOT);
    if (!types.contains(type)) {
      throw new UnsupportedModelException(
          "The weights' " + role + " is of type " + quoted(type) + "; read are " + types);
    }
    return new Header(length, type);
  }

  /** The type of the numbers in the file. */
  String type() {
    return format.name().toLowerCase(Locale.ROOT);
  }

  /**
   * The next numbers, as a tensor.
   *
   * @throws MalformedInputException if there are not so many, or one is not finite
   */
  Tensor take(int... dims) {
    return Tensor.of(Shape.of(dims), numbers(Shape.of(dims).size()));
  }

  /** The next numbers. */
  float[] numbers(long count) {
    requireLeft(count);
    if (count > Integer.MAX_VALUE - 8) {
      throw new RefusedLayerException("one of its weights has 2^31 elements or more");
    }
    float[] values = new float[(int) count];
    for (int from = 0; from < values.length; ) {
      int some = Math.min(values.length - from, piece.length / format.bytes);
      ByteBuffer buffer = read(some);
      for (int i = 0; i < some; i++) {
        values[from + i] = format.read(buffer, i);
        if (!Float.isFinite(values[from + i])) {
          throw new MalformedInputException(
              "weight " + (total - left + from + i) + " is " + values[from + i]);
        }
      }
      from += some;
    }
    left -= count;
    return values;
  }

  /** Passes over numbers that nothing needs. */
  void skip(long count) {
    requireLeft(count);
    for (long rest = count; rest > 0; ) {
      int some = (int) Math.min(rest, piece.length / format.bytes);
      read(some);
      rest -= some;
    }
    left -= count;
  }

  private void requireLeft(long count) {
    if (count < 0 || count > left) {
      throw new MalformedInputException(
          "its weights are " + count + " numbers, and " + left + " of " + total + " are left");
    }
  }

  private ByteBuffer read(int elements) {
    try {
      in.readFully(piece, 0, elements * format.bytes);
    } catch (EOFException e) {
      throw new MalformedInputException("the weights end before their time", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteBuffer.wrap(piece);
  }

  /** What is left when all layers have theirs; should be nothing. */
  Optional<String> rest() {
    return left == 0
        ? Optional.empty()
        : Optional.of("The layers have " + (total - left) + " weights, and the file has " + total);
  }

  private static String quoted(String text) {
    return '"' + (text.length() <= 40 ? text : text.substring(0, 40) + "...") + '"';
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
