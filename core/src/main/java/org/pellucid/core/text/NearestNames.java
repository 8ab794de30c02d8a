package org.pellucid.core.text;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Which of the names that there are a person may have meant: those that contain what was typed, or
 * are contained in it, then those a few edits away. Case is ignored.
 */
public final class NearestNames {
  /** Longer names are compared by their first characters only; the cost is quadratic. */
  private static final int LONGEST = 200;

  private NearestNames() {}

  private record Candidate(String name, int rank, int distance) {}

  /**
   * The nearest names, best first, without repetitions; ties keep the order given.
   *
   * @param typed what was asked for
   * @param names what there is
   * @param limit how many names to return at most
   */
  public static List<String> of(String typed, Collection<String> names, int limit) {
    String wanted = fold(typed);
    return names.stream()
        .distinct()
        .map(name -> candidate(wanted, name))
        .sorted(Comparator.comparingInt(Candidate::rank).thenComparingInt(Candidate::distance))
        .limit(limit)
        .map(Candidate::name)
        .toList();
  }

  /** As {@code "relu_5", "relu_6", "relu_7"}: up to five nearest names for the end of a message. */
  public static String quoted(String typed, Collection<String> names) {
    List<String> nearest = of(typed, names, 5);
    return nearest.isEmpty() ? "none" : "\"" + String.join("\", \"", nearest) + "\"";
  }

  private static Candidate candidate(String wanted, String name) {
    String folded = fold(name);
    boolean related =
        !wanted.isEmpty()
            && !folded.isEmpty()
            && (folded.contains(wanted) || wanted.contains(folded));
    return new Candidate(name, related ? 0 : 1, distance(wanted, folded));
  }

  private static String fold(String name) {
    String folded = name.toLowerCase(Locale.ROOT);
    return folded.length() > LONGEST ? folded.substring(0, LONGEST) : folded;
  }

  /**
   * The edit distance: the least number of insertions, deletions and replacements of characters
   * that turn one string into the other (Levenshtein, 1966).
   */
  static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    int[] current = new int[b.length() + 1];
    Arrays.setAll(previous, j -> j);
    for (int i = 1; i <= a.length(); i++) {
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
      }
      int[] swap = previous;
      previous = current;
      current = swap;
    }
    return previous[b.length()];
  }
}
