package org.pellucid.methods;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.pellucid.api.Explainer;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.Target;

/**
 * Finer-CAM: a class activation map of what tells a class from those that are like it. With the
 * scores S_c of the target's class c and S_d of the n classes whose scores are nearest to it, the
 * map of another method for
 *
 * <pre>
 * S = (1/n) sum_d (S_c - gamma S_d) = S_c - gamma (1/n) sum_d S_d
 * </pre>
 *
 * <p>Z. Zhang et al.: "Finer-CAM: spotting the difference reveals finer details for visual
 * explanation", CVPR 2025, arXiv 2501.11309 (source: secondary). Classes are alike whose scores are
 * near on the clean image; of equally near ones, the first. All n weigh the same; pytorch-grad-cam
 * weighs them by their probabilities. With {@link #GAMMA} 0 it is the method underneath.
 *
 * <p>The measure {@code comparedClasses} says how many there were, at most one less than classes.
 * What is said of the method underneath on selections and degenerate layers holds here.
 */
public final class FinerCam implements Explainer {
  private static final String PAPER = "Zhang et al. 2025, https://arxiv.org/abs/2501.11309";

  /** How much of the other classes is taken away. */
  public static final Option<Double> GAMMA =
      Option.number(
          "gamma",
          1,
          0,
          Double.POSITIVE_INFINITY,
          "How strongly the class is compared with the others; 0: not at all",
          PAPER);

  /** How many classes are compared with. */
  public static final Option<Integer> CLASSES =
      Option.integer(
          "classes", 3, 1, 100_000, "With how many of the nearest classes it is compared", PAPER);

  /** The method underneath. */
  public static final Option<BaseCam> BASE =
      Option.choice(
          "base", BaseCam.GRAD_CAM, "The method whose map is made of the difference", PAPER);

  @Override
  public String id() {
    return "finer-cam";
  }

  @Override
  public List<String> aliases() {
    return List.of("finercam");
  }

  @Override
  public String description() {
    return "What tells the class from those with the nearest scores (Zhang et al. 2025,"
        + " https://arxiv.org/abs/2501.11309)";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(GAMMA, CLASSES, BASE);
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.LAYER, Need.LAYER_GRADIENTS, Need.OTHER_SCORES);
  }

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options options) {
    int scores = probe.scores().size();
    Comparing comparing = new Comparing(options.get(GAMMA), options.get(CLASSES));
    Target target = probe.target();
    if (comparing.difference(probe).isEmpty()) {
      throw new InvalidRequestException(
          "The method finer-cam compares a class with others; the target \""
              + target.describe()
              + "\" of "
              + scores
              + (scores == 1 ? " score" : " scores")
              + " is none that has others beside it; grad-cam takes any target");
    }
    // The same question where there is no difference, so that it is not asked twice.
    ModelProbe asked =
        comparing.gamma() == 0 ? probe : probe.with(comparing, comparing::difference);
    Saliency found = options.get(BASE).explainer().explain(asked, selection, options);
    return found.withMeasure("comparedClasses", comparing.count(scores));
  }

  /** How a class is compared with those like it. */
  private record Comparing(double gamma, int classes) {
    /** With how many classes. */
    int count(int scores) {
      return Math.min(classes, scores - 1);
    }

    /** The difference to them; empty where the target is no class that has others beside it. */
    Optional<Target> difference(ModelProbe probe) {
      Target target = probe.target();
      double[] scores = probe.scores().toDoubleArray();
      if (target.classIndex().isEmpty() || scores.length < 2) {
        return Optional.empty();
      }
      int index = target.classIndex().getAsInt();
      double[] weights = new double[scores.length];
      weights[index] = 1;
      int[] near = nearest(scores, index, classes);
      for (int other : near) {
        weights[other] = -gamma / near.length;
      }
      return Optional.of(new WeightedScores(target.describe() + " against those like it", weights));
    }
  }

  private static int[] nearest(double[] scores, int index, int count) {
    return IntStream.range(0, scores.length)
        .filter(c -> c != index)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer c) -> Math.abs(scores[c] - scores[index])))
        .limit(count)
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
