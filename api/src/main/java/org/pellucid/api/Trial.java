package org.pellucid.api;

import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * One explanation of one image, put to the test: what a {@link Metric} may look at and ask for. All
 * maps and objects lie on the pixels of the network's input. To be used by one thread at a time.
 *
 * @since 0.1.0
 */
public interface Trial {
  /** The explanation as the method gave it: signed, at its own resolution. */
  Saliency saliency();

  /** Height and width of the network's input in pixels. */
  default Shape space() {
    return probe().inputSpace();
  }

  /**
   * The signed map at the input's resolution, in its own units: bilinear, a cell's value in its
   * middle. float64 {@code [h, w]}; the same object each time.
   */
  Tensor signed();

  /**
   * The map as it is looked at: what is negative is cut off (or turned positive, where the
   * evaluation says so), brought to the input's resolution, and divided by its largest value.
   * float64 {@code [h, w]} from 0 to 1, all 0 where nothing is positive; the same object each time.
   */
  Tensor shown();

  /** The image, the class and the network. What was asked before is remembered. */
  ModelProbe probe();

  /** The probability of the explained class for the clean image, 0 to 1. */
  double confidence();

  /**
   * The probability of the explained class for variants of the image: Softmax over all scores, or
   * Sigmoid where the network has that.
   *
   * @param maps each as {@link ModelProbe#inputMaps}, channels first; run once where they have an
   *     {@link Inputs#identity}
   */
  double[] confidences(Inputs maps);

  /** The objects of the explained class; empty where none is known. */
  List<ObjectMask> objects();

  /**
   * What several metrics work out of this map, worked out once.
   *
   * @param question equal ones have equal answers
   */
  <T> T once(Object question, Class<T> type, Supplier<T> answer);

  /**
   * What is worked out of the image alone, whatever the map, the method and the class: worked out
   * once for all of them. By default once for this map.
   *
   * @param question equal ones have equal answers
   */
  default <T> T onceForImage(Object question, Class<T> type, Supplier<T> answer) {
    return once(question, type, answer);
  }

  /** Which random numbers to use; the same for all methods, so that they are treated alike. */
  long seed();

  /**
   * Explains a changed image by the same method, options and class.
   *
   * @param maps each as {@link ModelProbe#inputMaps}, channels first; where they have an {@link
   *     Inputs#identity}, methods share what they ask of the network
   * @param index which of them
   */
  Saliency explain(Inputs maps, int index);

  /** Whether the method draws random numbers by a seed. */
  boolean isSeeded();

  /**
   * Explains the image again with another seed.
   *
   * @throws IllegalStateException if the method is not seeded
   */
  Saliency explain(long seed);

  /**
   * Explains the image in a network that is this one but for some constants, as one with parameters
   * drawn anew.
   *
   * @param key equal keys have equal networks
   * @param network makes it, with the same names of inputs, layers and outputs
   */
  Saliency explain(Object key, Supplier<ModelGraph> network);

  /** The explained class. */
  default OptionalInt classIndex() {
    return probe().target().shownClass();
  }
}
