package org.pellucid.core.evaluate;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.pellucid.core.Pellucid;

/**
 * The classes of a model by the names that data sets give them: a label, one of those that commas
 * separate in it ({@code goldfish, Carassius auratus}), or an index; upper and lower case, and
 * underscores and spaces, are the same.
 */
final class ClassNames {
  private static final int SEVERAL = -1;

  private final Map<String, Integer> byName = new HashMap<>();
  private final int classes;

  ClassNames(Pellucid model) {
    this.classes = model.classes();
    List<String> labels = model.labels().names();
    for (int index = 0; index < Math.min(classes, labels.size()); index++) {
      put(labels.get(index), index);
      for (String synonym : labels.get(index).split(",", -1)) {
        put(synonym, index);
      }
    }
  }

  private void put(String name, int index) {
    String normal = normal(name);
    if (!normal.isEmpty()) {
      byName.merge(
          normal, index, (one, other) -> one.equals(other) ? one : Integer.valueOf(SEVERAL));
    }
  }

  private static String normal(String name) {
    return name.replace('_', ' ').strip().toLowerCase(Locale.ROOT);
  }

  /** The class of a name; empty where the model has none, or several, of it. */
  OptionalInt indexOf(String name) {
    Integer found = byName.get(normal(name));
    if (found != null) {
      return found == SEVERAL ? OptionalInt.empty() : OptionalInt.of(found);
    }
    if (name.matches("\\d{1,9}") && Integer.parseInt(name) < classes) {
      return OptionalInt.of(Integer.parseInt(name));
    }
    return OptionalInt.empty();
  }
}
