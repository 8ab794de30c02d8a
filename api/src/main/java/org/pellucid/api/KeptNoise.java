package org.pellucid.api;

import java.lang.ref.SoftReference;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The numbers of {@link GaussianNoise} that one seed gives for inputs of one size, kept for the
 * next images: to make them takes several times as long as to read them, a sixth of Smooth
 * Grad-CAM++ on a small network. They are kept from the second input on that asks for the same
 * seed, so that a single explanation keeps nothing; of the first {@value #MOST_SAMPLES} samples, as
 * far as {@value #MOST_NUMBERS} numbers (of eight bytes) and a sixteenth of the Java heap go; for
 * one seed and size in the process; and no longer than the garbage collector leaves them. Safe for
 * use by several threads.
 */
final class KeptNoise {
  /** So that a thousand samples keep hardly more than twenty-five. */
  static final int MOST_SAMPLES = 32;

  /** 32 MB: what 27 copies of a colour image of 224 x 224 have. */
  static final int MOST_NUMBERS = 1 << 22;

  private static final int PART_OF_HEAP = 16;

  /** Nothing is kept. */
  private static final KeptNoise NONE = new KeptNoise(new Source(0, 0), 0);

  private static Source last = NONE.source;
  private static KeptNoise kept = NONE;

  private final Source source;

  /** Soft, so that they may go while somebody still asks for them. */
  private final AtomicReferenceArray<SoftReference<double[]>> samples;

  private record Source(long seed, int size) {}

  private KeptNoise(Source source, int samples) {
    this.source = source;
    this.samples = new AtomicReferenceArray<>(samples);
  }

  /**
   * What is kept, or will be, for an input.
   *
   * @param seed which noise
   * @param size the number of elements
   */
  static synchronized KeptNoise of(long seed, int size) {
    Source source = new Source(seed, size);
    if (kept.source.equals(source)) {
      // So that others in turn with it do not drive it out.
      last = source;
      return kept;
    }
    int samples = mostSamples(size);
    if (samples == 0 || !last.equals(source)) {
      last = source;
      return NONE;
    }
    kept = new KeptNoise(source, samples);
    return kept;
  }

  private static int mostSamples(int size) {
    long heap = Runtime.getRuntime().maxMemory() / PART_OF_HEAP / Double.BYTES;
    return (int) Math.min(MOST_SAMPLES, Math.min(MOST_NUMBERS, heap) / Math.max(1, size));
  }

  /** The numbers of a sample, not to be changed; empty where that sample's are not kept. */
  Optional<double[]> numbers(int sample) {
    if (sample >= samples.length()) {
      return Optional.empty();
    }
    SoftReference<double[]> reference = samples.get(sample);
    double[] found = reference == null ? null : reference.get();
    if (found == null) {
      found = new double[source.size()];
      GaussianNoise.fill(source.seed(), sample, found);
      samples.set(sample, new SoftReference<>(found));
    }
    return Optional.of(found);
  }
}
