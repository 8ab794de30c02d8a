package org.pellucid.onnx;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Weights that stay in their files and are mapped into memory, where they take no room in the Java
 * heap; those of other floating types go through a temporary file of float32. That is done only for
 * models that would fill much of it: a mapped file that somebody makes shorter, as by exporting the
 * model anew, takes its weights away from those who use them, while what was copied stays. The
 * memory is given back when the garbage collector finds that nobody has the graph any more; Java
 * has no earlier moment at which that is safe.
 */
final class MappedWeights {
  /** Models with more bytes of float32 weights than this part of the heap are mapped. */
  private static final double LARGE_PART = 0.25;

  /** Smaller tensors are copied: a page of their own is too much for them. */
  static final long LEAST_BYTES = 1 << 20;

  /** Linux allows a process 65530 mappings. */
  private static final int MOST_MAPPINGS = 8192;

  /** A part of a file. */
  private record Place(ModelFile file, long offset, long bytes) {}

  private final Map<Place, FloatBuffer> mapped = new HashMap<>();
  private final Map<ModelFile, Long> bytes = new HashMap<>();
  private boolean worthwhile;

  /** Says how many bytes of weights the model has that can be mapped, before any is read. */
  void expect(long weights) {
    worthwhile = weights > Runtime.getRuntime().maxMemory() * LARGE_PART;
  }

  /** Whether a tensor of so many bytes is mapped, unless its file is not what it seems. */
  boolean takes(long length) {
    return worthwhile && length >= LEAST_BYTES && length <= Integer.MAX_VALUE;
  }

  /**
   * Maps a tensor's elements; empty where they should be copied. Weights that share their elements
   * are mapped once. Parts that overlap otherwise are mapped only up to the size of their file, so
   * that a small file cannot pose as many large ones.
   *
   * @param unseen told of elements that were not mapped before
   */
  Optional<FloatBuffer> map(ModelFile file, long offset, long length, Check unseen)
      throws IOException {
    return takes(length)
        ? once(
            new Place(file, offset, length), () -> file.map(offset, length).asFloatBuffer(), unseen)
        : Optional.empty();
  }

  /**
   * Maps a tensor's elements of another type, made float32 in a temporary file, of which nothing is
   * left when the mapping is gone; empty where they should be copied.
   *
   * @param length of the elements as they are stored
   * @param count how many there are
   * @param widening writes them
   * @param unseen told of elements that were not mapped before
   */
  Optional<FloatBuffer> widened(
      ModelFile file, long offset, long length, long count, Widening widening, Check unseen)
      throws IOException {
    if (!takes(count * Float.BYTES)) {
      return Optional.empty();
    }
    return once(
        new Place(file, offset, length),
        () -> {
          Path temporary = Files.createTempFile("pellucid-weights-", ".tmp");
          try (FileChannel channel =
              FileChannel.open(
                  temporary,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.DELETE_ON_CLOSE)) {
            widening.write(channel);
            return channel
                .map(FileChannel.MapMode.READ_ONLY, 0, count * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
          }
        },
        unseen);
  }

  /** Of a place that was mapped before, the same elements. */
  private Optional<FloatBuffer> once(Place place, Mapping mapping, Check unseen)
      throws IOException {
    FloatBuffer elements = mapped.get(place);
    if (elements == null) {
      long before = bytes.getOrDefault(place.file(), 0L);
      if (mapped.size() == MOST_MAPPINGS || before + place.bytes() > place.file().size()) {
        return Optional.empty();
      }
      elements = mapping.make();
      unseen.accept(elements.duplicate());
      mapped.put(place, elements);
      bytes.put(place.file(), before + place.bytes());
    }
    return Optional.of(elements);
  }

  /** Makes a mapping. */
  private interface Mapping {
    FloatBuffer make() throws IOException;
  }

  /** Writes elements as float32, little-endian. */
  interface Widening {
    void write(FileChannel to) throws IOException;
  }

  /** Looks at elements. */
  interface Check {
    void accept(FloatBuffer elements);
  }
}
