package org.pellucid.onnx;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Weights that stay in their files and are mapped into memory, where they take no room in the Java
 * heap. That is done only for models that would fill much of it: a mapped file that somebody makes
 * shorter, as by exporting the model anew, takes its weights away from those who use them, while
 * what was copied stays. The memory is given back when the garbage collector finds that nobody has
 * the graph any more; Java has no earlier moment at which that is safe.
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
    if (!takes(length)) {
      return Optional.empty();
    }
    Place place = new Place(file, offset, length);
    FloatBuffer elements = mapped.get(place);
    if (elements == null) {
      long before = bytes.getOrDefault(file, 0L);
      if (mapped.size() == MOST_MAPPINGS || before + length > file.size()) {
        return Optional.empty();
      }
      elements = file.map(offset, length).asFloatBuffer();
      unseen.accept(elements.duplicate());
      mapped.put(place, elements);
      bytes.put(file, before + length);
    }
    return Optional.of(elements);
  }

  /** Looks at elements. */
  interface Check {
    void accept(FloatBuffer elements);
  }
}
