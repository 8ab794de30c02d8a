package org.pellucid.metrics;

import java.util.List;
import org.pellucid.api.Measurement;
import org.pellucid.api.ObjectMask;
import org.pellucid.api.Trial;

/** How much of a map lies on objects. */
final class Inside {
  static final Measurement NO_OBJECT = Measurement.none("no object of the class");
  static final Measurement NO_MAP = Measurement.none("the map is empty");
  static final Measurement NO_OUTLINE = Measurement.none("only boxes are known of the objects");

  private Inside() {}

  /** The sum of the map on any of the objects, by its sum. */
  static Measurement part(Trial trial, List<ObjectMask> objects) {
    if (objects.isEmpty()) {
      return NO_OBJECT;
    }
    ObjectMask all = ObjectMask.union(objects);
    double inside = 0;
    double sum = 0;
    double[] map = trial.shown().toDoubleArray();
    for (int i = 0; i < map.length; i++) {
      sum += map[i];
      inside += all.contains(i) ? map[i] : 0;
    }
    return sum == 0 ? NO_MAP : Measurement.of(inside / sum);
  }
}
