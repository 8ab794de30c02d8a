package org.pellucid.bench.gpu;

import java.util.Arrays;
import java.util.Map;
import java.util.function.BiConsumer;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.Saliency;
import org.pellucid.api.Target;
import org.pellucid.bench.Networks;
import org.pellucid.bench.Subject;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;

/**
 * What a backend answers about a network and its image, in a few hundred numbers: some of the
 * scores; raw maps at the last layer; the gradient at the input, added up in 14 x 14 tiles over all
 * channels, in which single elements that fall on the other side of a ReLU or a pool's tie do not
 * show.
 */
final class Answers {
  /** The question that every kink of the network shows in. */
  static final String INPUT_GRADIENT = "gradient at the input";

  private static final int SCORES = 20;
  private static final int TILES = 14;
  private static final Map<String, String> NOISE = Map.of("samples", "4");

  private Answers() {}

  /**
   * Asks about a class.
   *
   * @param answers takes each question with its numbers, as they come
   */
  static void ask(
      GradientBackend backend,
      LoadOptions options,
      Networks network,
      ModelGraph graph,
      int target,
      BiConsumer<String, double[]> answers) {
    Target ofClass = Target.ofClass(target);
    try (Subject subject = new Subject(backend, network, graph, options, 0)) {
      answers.accept("scores", some(scores(subject)));
      answers.accept("Grad-CAM", map(subject.explain("grad-cam", Map.of(), ofClass, 0)));
      answers.accept("Grad-CAM++", map(subject.explain("grad-cam++", Map.of(), ofClass, 0)));
      answers.accept(
          "Smooth Grad-CAM++, n = 4", map(subject.explain("smooth-grad-cam++", NOISE, ofClass, 0)));
      answers.accept(INPUT_GRADIENT, tiles(subject.inputGradient(ofClass)));
    }
  }

  /** The scores of the image. */
  static double[] scores(Subject subject) {
    return subject.forward().values().iterator().next().toDoubleArray();
  }

  private static double[] some(double[] scores) {
    int count = Math.min(SCORES, scores.length);
    double[] some = new double[count];
    Arrays.setAll(some, i -> scores[i * scores.length / count]);
    return some;
  }

  private static double[] map(Saliency saliency) {
    return saliency.map().toDoubleArray();
  }

  private static double[] tiles(Tensor gradient) {
    int height = gradient.shape().dim(2);
    int width = gradient.shape().dim(3);
    double[] sums = new double[TILES * TILES];
    for (int i = 0; i < gradient.size(); i++) {
      int row = i / width % height * TILES / height;
      int column = i % width * TILES / width;
      sums[row * TILES + column] += gradient.get(i);
    }
    return sums;
  }

  /** The largest difference of an answer to a better one, relative to that one's largest number. */
  static double error(double[] found, double[] exact) {
    double largest = 0;
    double worst = 0;
    for (int i = 0; i < exact.length; i++) {
      largest = Math.max(largest, Math.abs(exact[i]));
      double error = Math.abs(found[i] - exact[i]);
      // Also where there is no number.
      worst = error <= worst ? worst : error;
    }
    return worst / largest;
  }
}
