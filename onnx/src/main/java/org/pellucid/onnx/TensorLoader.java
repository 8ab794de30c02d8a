package org.pellucid.onnx;

import com.google.protobuf.CodedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.util.Collection;
import java.util.Optional;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.UnsupportedModelException;

/**
 * Reads tensors' elements out of the model file or the files beside it, straight into the array in
 * which they stay; or maps them, where they would fill much of the heap. Nothing is allocated
 * before the length that a tensor claims was checked against the bytes that are there.
 */
final class TensorLoader implements Closeable {
  /** The part of the heap that weights may fill. */
  private static final double HEAP_FOR_WEIGHTS = 0.9;

  private final ModelFile file;
  private final ExternalData external;
  private final MappedWeights mapped = new MappedWeights();
  private long loadedBytes;

  /** Reads from a file, which is not closed with this. */
  TensorLoader(ModelFile file) {
    this.file = file;
    this.external = new ExternalData(file.path());
  }

  /**
   * The type that a tensor will have.
   *
   * @throws UnsupportedModelException if its elements are of a type that cannot be read
   * @throws MalformedInputException if its shape is impossible
   */
  static TensorType type(OnnxTensor tensor) {
    OnnxDataType type = OnnxDataType.of(tensor.dataType());
    if (type == null) {
      throw new UnsupportedModelException(
          capital(tensor.displayName())
              + " has elements of type "
              + OnnxDataType.label(tensor.dataType())
              + ", which is not supported");
    }
    int[] dims = new int[tensor.dims().size()];
    for (int i = 0; i < dims.length; i++) {
      long dim = tensor.dims().get(i);
      if (dim < 0 || dim > Integer.MAX_VALUE) {
        throw impossible(tensor);
      }
      dims[i] = (int) dim;
    }
    TensorType found = new TensorType(type.element(), Shape.of(dims));
    if (!found.isIndexable()) {
      throw impossible(tensor);
    }
    return found;
  }

  private static MalformedInputException impossible(OnnxTensor tensor) {
    return new MalformedInputException(
        capital(tensor.displayName())
            + " has the impossible shape "
            + tensor.dims()
            + "; lengths are at least 0 and a tensor has less than 2^31 elements");
  }

  /**
   * Checks, without reading the elements, that there are as many as the tensor's shape asks for.
   *
   * @throws MalformedInputException if not
   */
  void check(OnnxTensor tensor) throws IOException {
    long elements = type(tensor).shape().size();
    OnnxDataType type = OnnxDataType.of(tensor.dataType());
    if (tensor.elements() instanceof OnnxTensor.Raw raw) {
      checkBytes(tensor, raw.range().length(), type.bytes(elements));
    } else if (tensor.elements() instanceof OnnxTensor.External outside) {
      long needed = type.bytes(elements);
      checkBytes(tensor, external.locate(tensor, outside.entries(), needed).length(), needed);
    } else if (tensor.elements() instanceof OnnxTensor.Typed typed) {
      long bytes = typed.single().length;
      for (OnnxTensor.Range range : typed.packed()) {
        bytes += range.length();
      }
      switch (typed.field()) {
        case 4 -> checkBytes(tensor, bytes, elements * Float.BYTES);
        case 10 -> checkBytes(tensor, bytes, elements * Double.BYTES);
        default -> {
          // Variable lengths of 1 to 10 bytes: this bounds what will be allocated.
          long most = type.bits() < Byte.SIZE ? 2 * bytes : bytes;
          if (elements > most) {
            throw wrongCount(tensor, "at most " + most + " elements");
          }
        }
      }
    } else if (elements > 0) {
      throw wrongCount(tensor, "no elements");
    }
  }

  private static void checkBytes(OnnxTensor tensor, long found, long needed) {
    if (found != needed) {
      throw wrongCount(tensor, found + " bytes where " + needed + " are needed");
    }
  }

  private static MalformedInputException wrongCount(OnnxTensor tensor, String found) {
    return new MalformedInputException(
        capital(tensor.displayName())
            + " of shape "
            + tensor.dims()
            + " and type "
            + OnnxDataType.label(tensor.dataType())
            + " has "
            + found);
  }

  /**
   * Reads a tensor.
   *
   * @throws MalformedInputException if its elements are not all there, or are not numbers
   * @throws UnsupportedModelException if it cannot be read or does not fit into memory
   */
  Tensor load(OnnxTensor tensor) throws IOException {
    TensorType type = type(tensor);
    check(tensor);
    int size = (int) type.shape().size();
    OnnxDataType stored = OnnxDataType.of(tensor.dataType());
    Optional<ExternalData.Part> part = rawPart(tensor);
    if (part.isPresent() && type.elementType() == ElementType.FLOAT32) {
      Optional<FloatBuffer> elements = map(tensor, part.get(), stored);
      if (elements.isPresent()) {
        return Tensor.mapped(type.shape(), elements.get());
      }
    }
    long bytes = type.shape().size() * type.elementType().bytes();
    requireRoom(bytes);
    loadedBytes += bytes;
    Target target = allocate(type.elementType(), size);
    if (part.isPresent()) {
      part.get()
          .file()
          .read(part.get().offset(), part.get().length(), piece -> target.take(piece, stored));
    } else if (tensor.elements() instanceof OnnxTensor.Typed typed) {
      typed(tensor, typed, stored, target);
    }
    if (target.filled != size) {
      throw wrongCount(tensor, target.filled + " elements");
    }
    if (type.elementType() == ElementType.FLOAT32) {
      FiniteWeights.check(tensor, target.floats);
      return Tensor.of(type.shape(), target.floats);
    }
    return type.elementType() == ElementType.INT64
        ? Tensor.of(type.shape(), target.longs)
        : Tensor.of(type.shape(), target.truths);
  }

  /** Where the elements are if they stand one after the other in their own width. */
  private Optional<ExternalData.Part> rawPart(OnnxTensor tensor) throws IOException {
    if (tensor.elements() instanceof OnnxTensor.Raw raw) {
      return Optional.of(new ExternalData.Part(file, raw.range().offset(), raw.range().length()));
    }
    if (tensor.elements() instanceof OnnxTensor.External outside) {
      long size = type(tensor).shape().size();
      long needed = OnnxDataType.of(tensor.dataType()).bytes(size);
      return Optional.of(external.locate(tensor, outside.entries(), needed));
    }
    return Optional.empty();
  }

  private Optional<FloatBuffer> map(OnnxTensor tensor, ExternalData.Part part, OnnxDataType stored)
      throws IOException {
    MappedWeights.Check numbers = elements -> FiniteWeights.check(tensor, elements);
    try {
      return stored == OnnxDataType.FLOAT
          ? mapped.map(part.file(), part.offset(), part.length(), numbers)
          : mapped.widened(
              part.file(),
              part.offset(),
              part.length(),
              part.length() / stored.bytes(1),
              to -> widen(part, stored, to),
              numbers);
    } catch (InternalError e) {
      throw new EOFException("\"" + part.file().path() + "\" ended while it was read");
    }
  }

  private static void widen(ExternalData.Part part, OnnxDataType stored, FileChannel to)
      throws IOException {
    part.file()
        .read(
            part.offset(),
            part.length(),
            piece -> {
              Target target =
                  new Target(new float[(int) (piece.remaining() / stored.bytes(1))], null, null);
              target.take(piece, stored);
              ByteBuffer wide =
                  ByteBuffer.allocate(target.filled * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
              wide.asFloatBuffer().put(target.floats);
              while (wide.hasRemaining()) {
                to.write(wide);
              }
            });
  }

  /** Says which tensors may be loaded, so that a large model is mapped rather than copied. */
  void expect(Collection<OnnxTensor> tensors) {
    mapped.expect(
        tensors.stream()
            .filter(tensor -> type(tensor).elementType() == ElementType.FLOAT32)
            .mapToLong(tensor -> type(tensor).shape().size() * Float.BYTES)
            .sum());
  }

  /** The bytes that a tensor that was not loaded yet will take in the heap. */
  long heapBytes(OnnxTensor tensor) {
    TensorType type = type(tensor);
    long bytes = type.shape().size() * type.elementType().bytes();
    boolean raw =
        tensor.elements() instanceof OnnxTensor.Raw
            || tensor.elements() instanceof OnnxTensor.External;
    return raw && type.elementType() == ElementType.FLOAT32 && mapped.takes(bytes) ? 0 : bytes;
  }

  /**
   * Fails if weights of this size, with those that were read before, will not fit into memory.
   *
   * @throws UnsupportedModelException if not
   */
  void requireRoom(long bytes) {
    if (loadedBytes + bytes > Runtime.getRuntime().maxMemory() * HEAP_FOR_WEIGHTS) {
      throw tooLarge(loadedBytes + bytes, "");
    }
  }

  /** Weights are not all that the heap holds, and a large array needs room in one piece. */
  private static UnsupportedModelException tooLarge(long bytes, String why) {
    long mebibytes = bytes >> 20;
    return new UnsupportedModelException(
        "The model has "
            + mebibytes
            + " MiB of weights that must be in the Java heap, which does not take them"
            + why
            + ": it has "
            + (Runtime.getRuntime().maxMemory() >> 20)
            + " MiB. Give it more, as by -Xmx"
            + (mebibytes + mebibytes / 2 + 256)
            + "m; floating weights stored as raw or external data need none, if each tensor has"
            + " less than 2 GiB as float32");
  }

  /** One large array that does not fit harms nothing but itself; so it can be told. */
  private Target allocate(ElementType type, int size) {
    try {
      return switch (type) {
        case FLOAT32, FLOAT64 -> new Target(new float[size], null, null);
        case INT64 -> new Target(null, new long[size], null);
        case BOOL -> new Target(null, null, new byte[size]);
      };
    } catch (OutOfMemoryError e) {
      throw tooLarge(loadedBytes, " (for want of one piece of " + bytes(type, size) + " MiB)");
    }
  }

  private static long bytes(ElementType type, int size) {
    return (long) size * type.bytes() >> 20;
  }

  private void typed(OnnxTensor tensor, OnnxTensor.Typed typed, OnnxDataType stored, Target target)
      throws IOException {
    boolean fits =
        switch (stored) {
          case FLOAT -> typed.field() == 4;
          case DOUBLE -> typed.field() == 10;
          case INT64 -> typed.field() == 7;
          case UINT32, UINT64 -> typed.field() == 11;
          default -> typed.field() == 5;
        };
    if (!fits) {
      throw new MalformedInputException(
          capital(tensor.displayName())
              + " of type "
              + stored.label()
              + " has its elements in the field of another type");
    }
    if (typed.field() == 4 || typed.field() == 10) {
      if (typed.single().length > 0) {
        target.take(ByteBuffer.wrap(typed.single()).order(ByteOrder.LITTLE_ENDIAN), stored);
      }
      for (OnnxTensor.Range range : typed.packed()) {
        checkBytes(tensor, range.length() % stored.bytes(1), 0);
        file.read(range.offset(), range.length(), piece -> target.take(piece, stored));
      }
      return;
    }
    varints(CodedInputStream.newInstance(typed.single()), tensor, stored, target);
    for (OnnxTensor.Range range : typed.packed()) {
      CodedInputStream in = CodedInputStream.newInstance(file.stream(), 1 << 16);
      in.setSizeLimit(Integer.MAX_VALUE);
      in.skipRawBytes((int) range.offset());
      in.pushLimit((int) range.length());
      varints(in, tensor, stored, target);
    }
  }

  private static void varints(
      CodedInputStream in, OnnxTensor tensor, OnnxDataType stored, Target target)
      throws IOException {
    while (!in.isAtEnd()) {
      long number = in.readRawVarint64();
      if (target.filled == target.size()) {
        throw wrongCount(tensor, "more than " + target.filled + " elements");
      }
      switch (stored) {
        case INT4, UINT4 -> {
          target.takePair((int) number, stored);
          continue;
        }
        case FLOAT16 -> target.floats[target.filled] = NarrowFloats.ofBinary16((short) number);
        case BFLOAT16 -> target.floats[target.filled] = NarrowFloats.ofBfloat16((short) number);
        case BOOL -> target.truths[target.filled] = (byte) (number != 0 ? 1 : 0);
        case UINT8 -> target.longs[target.filled] = number & 0xff;
        case UINT16 -> target.longs[target.filled] = number & 0xffff;
        case UINT32 -> target.longs[target.filled] = number & 0xffff_ffffL;
        case INT8 -> target.longs[target.filled] = (byte) number;
        case INT16 -> target.longs[target.filled] = (short) number;
        case INT32 -> target.longs[target.filled] = (int) number;
        default -> target.longs[target.filled] = number;
      }
      target.filled++;
    }
  }

  @Override
  public void close() throws IOException {
    external.close();
  }

  static String capital(String sentence) {
    return Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1);
  }

  /** The array that is being filled: one of the three. */
  private static final class Target {
    final float[] floats;
    final long[] longs;
    final byte[] truths;
    int filled;

    Target(float[] floats, long[] longs, byte[] truths) {
      this.floats = floats;
      this.longs = longs;
      this.truths = truths;
    }

    int size() {
      return floats != null ? floats.length : longs != null ? longs.length : truths.length;
    }

    /** Takes the little-endian elements of a piece; their number was checked before. */
    void take(ByteBuffer piece, OnnxDataType stored) {
      if (stored.bits() < Byte.SIZE) {
        while (piece.hasRemaining()) {
          takePair(piece.get(), stored);
        }
        return;
      }
      int count = (int) (piece.remaining() / stored.bytes(1));
      int end = filled + count;
      switch (stored) {
        case FLOAT -> piece.asFloatBuffer().get(floats, filled, count);
        case INT64, UINT64 -> piece.asLongBuffer().get(longs, filled, count);
        case BOOL -> {
          piece.get(truths, filled, count);
          for (int i = filled; i < end; i++) {
            truths[i] = (byte) (truths[i] != 0 ? 1 : 0);
          }
        }
        case FLOAT16 -> {
          for (int i = filled; i < end; i++) {
            floats[i] = NarrowFloats.ofBinary16(piece.getShort());
          }
        }
        case BFLOAT16 -> {
          for (int i = filled; i < end; i++) {
            floats[i] = NarrowFloats.ofBfloat16(piece.getShort());
          }
        }
        case DOUBLE -> {
          for (int i = filled; i < end; i++) {
            floats[i] = (float) piece.getDouble();
          }
        }
        default -> {
          for (int i = filled; i < end; i++) {
            longs[i] = whole(piece, stored);
          }
        }
      }
      filled = end;
    }

    /** Takes both halves of a byte, but for the one that fills up the last. */
    void takePair(int both, OnnxDataType stored) {
      for (int shift = 0; shift < Byte.SIZE && filled < longs.length; shift += 4) {
        int bits = both >> shift & 0xf;
        longs[filled++] = stored == OnnxDataType.INT4 && bits > 7 ? bits - 16 : bits;
      }
    }

    private static long whole(ByteBuffer piece, OnnxDataType stored) {
      return switch (stored) {
        case UINT8 -> piece.get() & 0xff;
        case INT8 -> piece.get();
        case UINT16 -> piece.getShort() & 0xffff;
        case INT16 -> piece.getShort();
        case UINT32 -> piece.getInt() & 0xffff_ffffL;
        default -> piece.getInt();
      };
    }
  }
}
