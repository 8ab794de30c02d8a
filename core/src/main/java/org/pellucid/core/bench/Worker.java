package org.pellucid.core.bench;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A network on a backend with one image, which does what it is asked and says how long that took.
 * To be used by one thread.
 */
public interface Worker extends AutoCloseable {
  /**
   * What has been opened.
   *
   * @param backend the backend's id
   * @param engine what it says of itself: versions
   * @param device where it runs
   * @param topClass the predicted class, from 0
   * @param seconds how long reading the model and the first forward pass took
   * @param java the version of Java
   */
  record Opened(
      String backend, String engine, String device, int topClass, double seconds, String java) {}

  /**
   * A visit: the same work, done back to back for a while.
   *
   * @param seconds the mean time that it took
   * @param runs how often it was done
   * @param forward the mean time of forward passes of one image, done right before; empty for a
   *     forward pass
   */
  record Visit(double seconds, int runs, OptionalDouble forward) {}

  /**
   * The highest use of memory while some work is done once, in bytes.
   *
   * @param heap of Java's heap, which was collected before; garbage counts
   * @param resident of the process as a whole: heap, natives, code; empty where the system does not
   *     tell
   * @param device allocated by the backend on the graphics card, where it counts; else what is in
   *     use there after it, less what was before the model was loaded, since engines keep what they
   *     have once allocated. Empty on the CPU and where no driver tells
   */
  record Memory(long heap, OptionalLong resident, OptionalLong device) {}

  /**
   * The raw map of an explanation.
   *
   * @param values row by row
   * @param layer the tensor that was explained
   * @param measures numbers that the method reports of itself
   */
  record RawMap(double[] values, String layer, Map<String, Double> measures) {}

  /** What has been opened. */
  Opened opened();

  /**
   * Does some work for a while.
   *
   * @param seconds after which it is not begun again; done once at least
   * @param most how often it is done at most
   */
  Visit visit(Work work, double seconds, int most);

  /** Does some work once and watches memory. */
  Memory memory(Work work);

  /** Explains once. */
  RawMap map(Work work);

  /** Ends it. */
  @Override
  void close();
}
