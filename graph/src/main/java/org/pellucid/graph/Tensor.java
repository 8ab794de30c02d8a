package org.pellucid.graph;

import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Objects;
import java.util.Optional;

/**
 * A dense row-major array with an immutable shape, in Java memory. Its elements are not meant to be
 * changed once it exists; the factories that wrap an array do not copy it, so the caller gives the
 * array away. Tensors of an engine never take this form until they are copied out.
 */
public final class Tensor {
  private final TensorType type;
  private final FloatBuffer floats;
  private final DoubleBuffer doubles;
  private final LongBuffer longs;
  private final ByteBuffer bools;
  private final Runs runs;
  private final boolean mapped;

  private Tensor(
      TensorType type,
      FloatBuffer floats,
      DoubleBuffer doubles,
      LongBuffer longs,
      ByteBuffer bools) {
    this(type, floats, doubles, longs, bools, null, false);
  }

  private Tensor(
      TensorType type,
      FloatBuffer floats,
      DoubleBuffer doubles,
      LongBuffer longs,
      ByteBuffer bools,
      Runs runs,
      boolean mapped) {
    this.type = type;
    this.mapped = mapped;
    this.floats = floats;
    this.doubles = doubles;
    this.longs = longs;
    this.bools = bools;
    this.runs = runs;
  }

  /** A float32 tensor over an array that is given away; the array's length is the shape's size. */
  public static Tensor of(Shape shape, float... elements) {
    return of(shape, FloatBuffer.wrap(elements));
  }

  /** A float64 tensor over an array that is given away; the array's length is the shape's size. */
  public static Tensor of(Shape shape, double... elements) {
    check(shape, elements.length);
    return new Tensor(
        new TensorType(ElementType.FLOAT64, shape), null, DoubleBuffer.wrap(elements), null, null);
  }

  /** An int64 tensor over an array that is given away; the array's length is the shape's size. */
  public static Tensor of(Shape shape, long... elements) {
    check(shape, elements.length);
    return new Tensor(
        new TensorType(ElementType.INT64, shape), null, null, LongBuffer.wrap(elements), null);
  }

  /** A bool tensor over an array of zeros and ones that is given away. */
  public static Tensor of(Shape shape, byte... elements) {
    check(shape, elements.length);
    return new Tensor(
        new TensorType(ElementType.BOOL, shape), null, null, null, ByteBuffer.wrap(elements));
  }

  /** A float32 tensor over the remaining elements of a buffer. */
  public static Tensor of(Shape shape, FloatBuffer elements) {
    return of(shape, elements, false);
  }

  /**
   * A float32 tensor over the remaining elements of a buffer that is a mapped file, see {@link
   * #isMapped()}.
   */
  public static Tensor mapped(Shape shape, FloatBuffer elements) {
    return of(shape, elements, true);
  }

  private static Tensor of(Shape shape, FloatBuffer elements, boolean mapped) {
    check(shape, elements.remaining());
    return new Tensor(
        new TensorType(ElementType.FLOAT32, shape),
        elements.slice(),
        null,
        null,
        null,
        null,
        mapped);
  }

  /**
   * A tensor in which each element of another stands several times in a row, as one that is
   * broadcast along its last axes. The elements are written out only when they are read in place.
   *
   * @param values FLOAT32 or FLOAT64, of which the shape's size is a multiple
   */
  public static Tensor ofRuns(Shape shape, Tensor values) {
    if (!values.elementType().isFloating()
        || values.size() == 0
        || shape.size() % values.size() != 0) {
      throw new IllegalArgumentException(
          "Shape " + shape + " of runs of equal length of floating numbers, found " + values);
    }
    Runs runs = new Runs(values, Math.toIntExact(shape.size() / values.size()));
    return new Tensor(values.type().withShape(shape), null, null, null, null, runs, false);
  }

  /** A scalar of type float32. */
  public static Tensor scalar(float value) {
    return of(Shape.of(), value);
  }

  /** A scalar of type int64. */
  public static Tensor scalar(long value) {
    return of(Shape.of(), value);
  }

  private static void check(Shape shape, int length) {
    if (shape.size() != length) {
      throw new IllegalArgumentException(
          "Shape " + shape + " has " + shape.size() + " elements, found " + length);
    }
  }

  /** The element type and shape. */
  public TensorType type() {
    return type;
  }

  /** The shape. */
  public Shape shape() {
    return type.shape();
  }

  /** The element type. */
  public ElementType elementType() {
    return type.elementType();
  }

  /** The number of elements. */
  public int size() {
    return Math.toIntExact(shape().size());
  }

  /** The elements of a float32 tensor, read-only, position 0, without a copy. */
  public FloatBuffer floats() {
    return require(floatBuffer(), ElementType.FLOAT32).asReadOnlyBuffer();
  }

  /** The elements of a float64 tensor, read-only, position 0, without a copy. */
  public DoubleBuffer doubles() {
    return require(doubleBuffer(), ElementType.FLOAT64).asReadOnlyBuffer();
  }

  /** The elements of an int64 tensor, read-only, position 0, without a copy. */
  public LongBuffer longs() {
    return require(longs, ElementType.INT64).asReadOnlyBuffer();
  }

  /** The elements of a bool tensor, zeros and ones, read-only, position 0, without a copy. */
  public ByteBuffer bools() {
    return require(bools, ElementType.BOOL).asReadOnlyBuffer();
  }

  /**
   * Whether the elements are a mapped part of a file. They then take no room in the Java heap, and
   * passes leave them where they are. If the file is made shorter, reading them ends in an {@link
   * InternalError} in Java and in the end of the process in native code: engines copy them, they
   * never hand their address on.
   */
  public boolean isMapped() {
    return mapped;
  }

  private FloatBuffer floatBuffer() {
    return runs == null ? floats : runs.written().floats;
  }

  private DoubleBuffer doubleBuffer() {
    return runs == null ? doubles : runs.written().doubles;
  }

  private <B> B require(B buffer, ElementType wanted) {
    if (buffer == null) {
      throw new IllegalStateException("A tensor of " + wanted + " was asked for, found " + type);
    }
    return buffer;
  }

  /** The element at a row-major position, whatever the type. */
  public double get(int index) {
    if (runs != null) {
      return runs.get(index);
    }
    return switch (elementType()) {
      case FLOAT32 -> floats.get(index);
      case FLOAT64 -> doubles.get(index);
      case INT64 -> longs.get(index);
      case BOOL -> bools.get(index);
    };
  }

  /** All elements as a new float array, rounded where they are wider. */
  public float[] toFloatArray() {
    float[] array = new float[size()];
    if (floats != null) {
      floats.get(0, array);
    } else if (doubles != null && doubles.hasArray()) {
      double[] elements = doubles.array();
      int first = doubles.arrayOffset();
      for (int i = 0; i < array.length; i++) {
        array[i] = (float) elements[first + i];
      }
    } else {
      for (int i = 0; i < array.length; i++) {
        array[i] = (float) get(i);
      }
    }
    return array;
  }

  /** All elements as a new double array. */
  public double[] toDoubleArray() {
    double[] array = new double[size()];
    copy(0, array, array.length);
    return array;
  }

  /**
   * Copies elements to the front of an array.
   *
   * @param start the row-major position of the first
   * @param count how many
   * @throws IndexOutOfBoundsException if the tensor or the array has not as many
   */
  public void copy(int start, double[] to, int count) {
    Objects.checkFromIndexSize(start, count, size());
    Objects.checkFromIndexSize(0, count, to.length);
    if (runs != null) {
      runs.copy(start, to, count);
    } else if (doubles != null) {
      doubles.get(start, to, 0, count);
    } else if (floats != null && floats.hasArray()) {
      // A plain loop over the array, which takes a fraction of the time of the buffer's own get.
      float[] elements = floats.array();
      int first = floats.arrayOffset() + start;
      for (int i = 0; i < count; i++) {
        to[i] = elements[first + i];
      }
    } else {
      for (int i = 0; i < count; i++) {
        to[i] = get(start + i);
      }
    }
  }

  /** The array that the elements of a float32 tensor lie in, from an offset on. */
  record FloatArray(float[] elements, int offset) {}

  /** Where the elements lie, for who reads them in place; empty unless float32 and on the heap. */
  Optional<FloatArray> floatArray() {
    return floats != null && floats.hasArray()
        ? Optional.of(new FloatArray(floats.array(), floats.arrayOffset()))
        : Optional.empty();
  }

  /** How the elements repeat; empty unless they were given so. */
  Optional<Runs> runs() {
    return Optional.ofNullable(runs);
  }

  /** All elements of an int64 or bool tensor as a new long array. */
  public long[] toLongArray() {
    long[] array = new long[size()];
    if (longs != null) {
      longs.get(0, array);
    } else {
      ByteBuffer truths = require(bools, ElementType.INT64);
      for (int i = 0; i < array.length; i++) {
        array[i] = truths.get(i);
      }
    }
    return array;
  }

  /** This tensor's elements in another shape of the same size, without a copy. */
  public Tensor reshape(Shape shape) {
    check(shape, size());
    return new Tensor(type.withShape(shape), floats, doubles, longs, bools, runs, mapped);
  }

  /**
   * This tensor in another element type: floating numbers are rounded to nearest when narrowed,
   * truncated towards zero when they become integers, and true where not zero when they become
   * bool. The tensor itself where it has the type already.
   */
  public Tensor cast(ElementType wanted) {
    Objects.requireNonNull(wanted, "wanted");
    if (wanted == elementType()) {
      return this;
    }
    if (runs != null && wanted.isFloating()) {
      return ofRuns(shape(), runs.values().cast(wanted));
    }
    return switch (wanted) {
      case FLOAT32 -> of(shape(), toFloatArray());
      case FLOAT64 -> of(shape(), toDoubleArray());
      case INT64 -> {
        long[] array = new long[size()];
        for (int i = 0; i < array.length; i++) {
          array[i] = longs != null ? longs.get(i) : (long) get(i);
        }
        yield of(shape(), array);
      }
      case BOOL -> {
        byte[] array = new byte[size()];
        for (int i = 0; i < array.length; i++) {
          array[i] = (byte) (get(i) != 0 ? 1 : 0);
        }
        yield of(shape(), array);
      }
    };
  }

  /** The type, not the elements: {@code Tensor float32[1, 10]}. */
  @Override
  public String toString() {
    return "Tensor " + type;
  }
}
