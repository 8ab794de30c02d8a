package org.pellucid.metrics;

import java.util.List;
import java.util.Set;
import org.pellucid.api.Measurement;
import org.pellucid.api.Metric;
import org.pellucid.api.ObjectMask;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Trial;

/**
 * Intersection over union at a threshold: how well the part of the map above it covers the objects
 * of the explained class and nothing else. With B the pixels where the map from 0 to 1 is t or more
 * and G the objects' pixels,
 *
 * <pre>
 * iou = |B and G| / |B or G|
 * </pre>
 *
 * <p>As B. Zhou, A. Khosla, A. Lapedriza, A. Oliva, A. Torralba: "Learning deep features for
 * discriminative localization", CVPR 2016, arXiv 1512.04150 (source: secondary), cut their maps,
 * but for the pixels themselves rather than the box around the largest connected part of them. They
 * cut at 0.2; no single threshold suits all methods, and {@link IouCurve} looks at all. Outlines
 * count where they are known, else boxes.
 */
public final class Iou implements Metric {
  private static final String PAPER = "Zhou et al. 2016, https://arxiv.org/abs/1512.04150";

  /** Where the map is cut. */
  public static final Option<Double> THRESHOLD =
      Option.number(
          "threshold", 0.5, 0.001, 1, "Which part of the largest value a pixel needs", PAPER);

  @Override
  public String id() {
    return "iou";
  }

  @Override
  public String description() {
    return "Intersection over union of the map above a threshold and the objects (" + PAPER + ")";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(THRESHOLD);
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.OBJECTS);
  }

  @Override
  public Direction direction() {
    return Direction.HIGHER_IS_BETTER;
  }

  @Override
  public Measurement measure(Trial trial, Options options) {
    return trial.objects().isEmpty()
        ? Inside.NO_OBJECT
        : Measurement.of(
            at(
                trial.shown().toDoubleArray(),
                ObjectMask.union(trial.objects()),
                options.get(THRESHOLD)));
  }

  static double at(double[] map, ObjectMask objects, double threshold) {
    int both = 0;
    int either = 0;
    for (int i = 0; i < map.length; i++) {
      boolean above = map[i] >= threshold;
      boolean on = objects.contains(i);
      both += above && on ? 1 : 0;
      either += above || on ? 1 : 0;
    }
    return (double) both / either;
  }
}
