package org.pellucid.core.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * When a work has become as fast as it will: classes are loaded, code is compiled, engines have
 * their buffers. Visits are not counted until then. It is so when there were two visits and a
 * second of work, and the faster ones among the later half are no faster than those among the
 * earlier half, to 3 %; or after ten seconds.
 */
final class WarmUp {
  private static final double LEAST_SECONDS = 1;
  private static final double MOST_SECONDS = 10;
  private static final double STILL_FASTER = 0.97;

  private final List<Double> visits = new ArrayList<>();
  private double total;

  /** Adds a visit. */
  void add(Worker.Visit visit) {
    visits.add(visit.seconds());
    total += visit.seconds() * visit.runs();
  }

  /** Whether it has ended. */
  boolean settled() {
    if (total >= MOST_SECONDS) {
      return true;
    }
    if (visits.size() < 2 || total < LEAST_SECONDS) {
      return false;
    }
    int half = visits.size() / 2;
    double before = fastest(visits.subList(0, visits.size() - half));
    double after = fastest(visits.subList(visits.size() - half, visits.size()));
    return after >= STILL_FASTER * before;
  }

  private static double fastest(List<Double> some) {
    return some.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
  }
}
