package org.pellucid.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.pellucid.api.Measurement;
import org.pellucid.api.Metric;
import org.pellucid.api.ObjectMask;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Trial;

/**
 * Multi-object recall: the share of the objects of the explained class that the map points at. The
 * map may point as often as there are objects: at its highest local maxima, each at least a
 * distance from the others. A local maximum is a pixel that none of its eight neighbours exceeds.
 *
 * <pre>
 * recall = number of objects with one of the n highest peaks on them / n, for n objects
 * </pre>
 *
 * <p>No paper's: {@link PointingGame} for several objects of one class. As the number of peaks is
 * that of the objects, a map that is high everywhere gains nothing. With one object it is the
 * pointing game. Outlines count where they are known, else boxes.
 */
public final class MultiObjectRecall implements Metric {
  /** How far peaks are apart. */
  public static final Option<Double> DISTANCE =
      Option.number(
          "distance",
          0.1,
          0,
          1,
          "How far peaks are apart at least, as a part of the image's longer side",
          "");

  @Override
  public String id() {
    return "multi-object-recall";
  }

  @Override
  public String description() {
    return "The share of the class's objects that one of as many peaks of the map lies on";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(DISTANCE);
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
    List<ObjectMask> objects = trial.objects();
    if (objects.isEmpty()) {
      return Inside.NO_OBJECT;
    }
    ObjectMask first = objects.get(0);
    double apart = options.get(DISTANCE) * Math.max(first.height(), first.width());
    List<Integer> peaks =
        peaks(
            trial.shown().toDoubleArray(),
            first.width(),
            Ranking.of(trial).order(),
            objects.size(),
            apart);
    if (peaks.isEmpty()) {
      return Inside.NO_MAP;
    }
    long hit = objects.stream().filter(object -> peaks.stream().anyMatch(object::contains)).count();
    return Measurement.of((double) hit / objects.size());
  }

  /** The highest local maxima above 0. */
  private static List<Integer> peaks(double[] map, int width, int[] order, int most, double apart) {
    List<Integer> peaks = new ArrayList<>();
    for (int pixel : order) {
      if (peaks.size() == most || map[pixel] == 0) {
        break;
      }
      if (isMaximum(map, width, pixel)
          && peaks.stream().noneMatch(peak -> distance(peak, pixel, width) < apart)) {
        peaks.add(pixel);
      }
    }
    return peaks;
  }

  private static boolean isMaximum(double[] map, int width, int pixel) {
    int height = map.length / width;
    int y = pixel / width;
    int x = pixel % width;
    for (int row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
      for (int column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
        if (map[row * width + column] > map[pixel]) {
          return false;
        }
      }
    }
    return true;
  }

  private static double distance(int one, int other, int width) {
    return Math.hypot(one / width - other / width, one % width - other % width);
  }
}
