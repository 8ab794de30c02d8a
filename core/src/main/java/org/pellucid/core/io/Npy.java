package org.pellucid.core.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * NumPy's file format for one array (NEP 1), versions 1 to 3. Reads {@code f2 f4 f8 i1 i2 i4 i8 u1
 * u2 u4 b1} in both byte orders, in C and Fortran order. Half floats are widened to float32,
 * integers to int64; float32, float64, int64 and bool stay what they are.
 *
 * <pre>{@code
 * Tensor map = Npy.read(Path.of("out/cat.grad-cam.npy"));   // float32[14, 14]
 * Npy.write(Path.of("copy.npy"), map);
 * }</pre>
 */
public final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** NumPy pads headers to 64 bytes; one of 32 axes stays far below this. */
  private static final int LONGEST_HEADER = 1 << 16;

  private static final int CHUNK_BYTES = 1 << 16;

  private Npy() {}

  /**
   * Reads an array. The file's length must be exactly what its header says; nothing is allocated
   * before that is known.
   *
   * @throws MalformedInputException if the file is missing, is not of this format, has elements of
   *     another type, contradicts itself, or does not fit into the Java heap
   */
  public static Tensor read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new MalformedInputException(
          "The array " + file + (Files.exists(file) ? " is not a file" : " does not exist"));
    }
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      return read(file.toString(), channel);
    } catch (EOFException e) {
      throw new MalformedInputException(file + " ends within its header", e);
    } catch (IOException e) {
      throw new MalformedInputException(
          "The array " + file + " could not be read: " + AtomicFiles.reason(e), e);
    } catch (OutOfMemoryError e) {
      throw new MalformedInputException(
          file + " does not fit into the memory that Java may use; raise it with -Xmx");
    }
  }

  private static Tensor read(String name, SeekableByteChannel channel) throws IOException {
    NpyHeader header = header(name, channel);
    int count = header.elements(name);
    long wanted = (long) count * header.width();
    long found = channel.size() - channel.position();
    if (wanted != found) {
      throw new MalformedInputException(
          name
              + " contradicts itself: "
              + header.shape()
              + " elements of "
              + header.width()
              + " bytes are "
              + wanted
              + " bytes, and "
              + found
              + " follow the header");
    }
    Shape shape = Shape.of(header.shape().stream().mapToInt(Math::toIntExact).toArray());
    Elements elements = new Elements(channel, header);
    int[] order = header.fortranOrder() && shape.rank() > 1 ? fortran(shape) : null;
    return switch (header.kind()) {
      case 'f' -> {
        if (header.width() == 8) {
          double[] values = new double[count];
          for (int i = 0; i < count; i++) {
            values[order == null ? i : order[i]] = elements.nextDouble();
          }
          yield Tensor.of(shape, values);
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
          values[order == null ? i : order[i]] = elements.nextFloat();
        }
        yield Tensor.of(shape, values);
      }
      case 'b' -> {
        byte[] values = new byte[count];
        for (int i = 0; i < count; i++) {
          values[order == null ? i : order[i]] = (byte) (elements.nextLong() != 0 ? 1 : 0);
        }
        yield Tensor.of(shape, values);
      }
      default -> {
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
          values[order == null ? i : order[i]] = elements.nextLong();
        }
        yield Tensor.of(shape, values);
      }
    };
  }

  private static NpyHeader header(String name, SeekableByteChannel channel) throws IOException {
    ByteBuffer preamble = ByteBuffer.allocate(MAGIC.length + 2);
    int read = readUpTo(channel, preamble);
    if (read < MAGIC.length || !Arrays.equals(preamble.array(), 0, 6, MAGIC, 0, 6)) {
      throw new MalformedInputException(
          name + " is not an .npy file; numpy.save writes one (an .npz archive is several)");
    }
    if (read < preamble.capacity()) {
      throw new EOFException();
    }
    int version = preamble.get(MAGIC.length);
    if (version < 1 || version > 3) {
      throw new MalformedInputException(
          name + " is an .npy file of version " + version + "; versions 1 to 3 work");
    }
    ByteBuffer length = ByteBuffer.allocate(version == 1 ? 2 : 4).order(ByteOrder.LITTLE_ENDIAN);
    readFully(channel, length);
    long bytes = version == 1 ? Short.toUnsignedInt(length.getShort(0)) : length.getInt(0);
    if (bytes < 0 || bytes > LONGEST_HEADER) {
      throw new MalformedInputException(
          name
              + " claims a header of "
              + (bytes & 0xffffffffL)
              + " bytes; up to "
              + LONGEST_HEADER
              + " work");
    }
    ByteBuffer text = ByteBuffer.allocate((int) bytes);
    readFully(channel, text);
    return NpyHeader.parse(
        name,
        new String(
            text.array(), version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1));
  }

  /** For each position in Fortran order the position of the same element in C order. */
  private static int[] fortran(Shape shape) {
    int[] order = new int[Math.toIntExact(shape.size())];
    if (order.length == 0) {
      return order;
    }
    int[] strides = shape.strides();
    int[] index = new int[shape.rank()];
    int position = 0;
    for (int i = 0; i < order.length; i++) {
      order[i] = position;
      for (int axis = 0; axis < index.length; axis++) {
        position += strides[axis];
        if (++index[axis] < shape.dim(axis)) {
          break;
        }
        position -= index[axis] * strides[axis];
        index[axis] = 0;
      }
    }
    return order;
  }

  private static int readUpTo(ReadableByteChannel channel, ByteBuffer target) throws IOException {
    while (target.hasRemaining() && channel.read(target) >= 0) {}
    return target.position();
  }

  private static void readFully(ReadableByteChannel channel, ByteBuffer target) throws IOException {
    if (readUpTo(channel, target) < target.limit()) {
      throw new EOFException();
    }
  }

  /** The elements of a file one after the other, read in chunks. */
  private static final class Elements {
    private final ReadableByteChannel channel;
    private final NpyHeader header;
    private final ByteBuffer chunk;

    Elements(ReadableByteChannel channel, NpyHeader header) {
      this.channel = channel;
      this.header = header;
      // A multiple of every width, so no element lies across two chunks.
      this.chunk =
          ByteBuffer.allocate(CHUNK_BYTES)
              .order(header.littleEndian() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN)
              .flip();
    }

    private ByteBuffer chunk() throws IOException {
      if (!chunk.hasRemaining()) {
        chunk.clear();
        int read = readUpTo(channel, chunk);
        chunk.flip();
        if (read < header.width()) {
          throw new IOException("it became shorter while it was read");
        }
      }
      return chunk;
    }

    double nextDouble() throws IOException {
      return chunk().getDouble();
    }

    float nextFloat() throws IOException {
      return header.width() == 4 ? chunk().getFloat() : widen(chunk().getShort());
    }

    long nextLong() throws IOException {
      ByteBuffer from = chunk();
      boolean unsigned = header.kind() != 'i';
      return switch (header.width()) {
        case 1 -> unsigned ? Byte.toUnsignedLong(from.get()) : from.get();
        case 2 -> unsigned ? Short.toUnsignedLong(from.getShort()) : from.getShort();
        case 4 -> unsigned ? Integer.toUnsignedLong(from.getInt()) : from.getInt();
        default -> from.getLong();
      };
    }

    /** IEEE 754 binary16 to binary32, exactly. */
    private static float widen(short half) {
      int exponent = half >> 10 & 0x1f;
      int fraction = half & 0x3ff;
      float magnitude =
          switch (exponent) {
            case 0 -> Math.scalb((float) fraction, -24);
            case 0x1f -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
            default -> Math.scalb((float) (fraction | 0x400), exponent - 25);
          };
      return half < 0 ? -magnitude : magnitude;
    }
  }

  /**
   * Writes an array as {@code <f4}, {@code <f8}, {@code <i8} or {@code |b1}, after the tensor's
   * element type, in C order and version 1; the bytes are those that numpy.save writes. The file
   * appears only when it is complete.
   *
   * @throws org.pellucid.api.InvalidRequestException if the file cannot be written
   */
  public static void write(Path file, Tensor tensor) {
    AtomicFiles.write(file, out -> write(out, tensor));
  }

  private static void write(OutputStream out, Tensor tensor) throws IOException {
    ElementType type = tensor.elementType();
    out.write(header(type, tensor.shape()));
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int perChunk = CHUNK_BYTES / type.bytes();
    int size = tensor.size();
    for (int start = 0; start < size; start += perChunk) {
      int count = Math.min(perChunk, size - start);
      chunk.clear();
      switch (type) {
        case FLOAT32 -> chunk.asFloatBuffer().put(tensor.floats().slice(start, count));
        case FLOAT64 -> chunk.asDoubleBuffer().put(tensor.doubles().slice(start, count));
        case INT64 -> chunk.asLongBuffer().put(tensor.longs().slice(start, count));
        case BOOL -> chunk.put(tensor.bools().slice(start, count));
      }
      out.write(chunk.array(), 0, count * type.bytes());
    }
  }

  private static byte[] header(ElementType type, Shape shape) {
    String descr =
        switch (type) {
          case FLOAT32 -> "<f4";
          case FLOAT64 -> "<f8";
          case INT64 -> "<i8";
          case BOOL -> "|b1";
        };
    String dims =
        Arrays.stream(shape.dims()).mapToObj(String::valueOf).collect(Collectors.joining(", "))
            + (shape.rank() == 1 ? "," : "");
    String text = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + dims + "), }";
    int preamble = MAGIC.length + 4;
    // NumPy leaves room for the first axis to grow to 21 digits, then adds 1 to 64 spaces so
    // that the elements begin at a multiple of 64.
    int room = shape.rank() == 0 ? 0 : 21 - String.valueOf(shape.dim(0)).length();
    int length = (preamble + text.length() + room + 1) / 64 * 64 + 64;
    ByteBuffer header = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    header.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (length - preamble));
    header.put(text.getBytes(StandardCharsets.ISO_8859_1));
    Arrays.fill(header.array(), header.position(), length - 1, (byte) ' ');
    header.array()[length - 1] = '\n';
    return header.array();
  }
}
