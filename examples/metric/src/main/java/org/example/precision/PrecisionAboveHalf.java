package org.example.precision;

import java.util.List;
import java.util.Set;
import org.pellucid.api.Measurement;
import org.pellucid.api.Metric;
import org.pellucid.api.ObjectMask;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Trial;

/** Of the pixels that have half of the map's largest value at least, the part on objects: 0 to 1. */
public final class PrecisionAboveHalf implements Metric {
  @Override
  public String id() {
    return "precision-above-half";
  }

  @Override
  public String description() {
    return "Of the pixels that have half of the largest value, the part on objects (an example)";
  }

  @Override
  public List<Option<?>> options() {
    return List.of();
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
    if (trial.objects().isEmpty()) {
      return Measurement.none("no object of the class");
    }
    ObjectMask objects = ObjectMask.union(trial.objects());
    double[] map = trial.shown().toDoubleArray();
    double found = 0;
    double right = 0;
    for (int pixel = 0; pixel < map.length; pixel++) {
      if (map[pixel] >= 0.5) {
        found++;
        right += objects.contains(pixel) ? 1 : 0;
      }
    }
    return found == 0 ? Measurement.none("the map is empty") : Measurement.of(right / found);
  }
}
