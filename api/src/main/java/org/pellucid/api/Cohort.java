package org.pellucid.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.pellucid.graph.Tensor;

/**
 * Probes of several inputs for one target: what is expected of each is found for all of them in
 * batches, when the first one is asked.
 */
final class Cohort {
  private final List<StandardProbe> members = new ArrayList<>();

  /** Takes a probe in, after those that are there. */
  void join(StandardProbe member) {
    members.add(member);
  }

  /** The clean inputs of some members. */
  private record Clean(List<StandardProbe> members) implements Inputs {
    @Override
    public int count() {
      return members.size();
    }

    @Override
    public Tensor get(int index) {
      return members.get(index).input();
    }
  }

  /**
   * Runs a member's input, and those of the members after it that did not run yet, as far as memory
   * allows.
   *
   * @param bytesEach what is kept of each
   */
  void run(StandardProbe first, Set<Tap> taps, long bytesEach) {
    List<StandardProbe> open = new ArrayList<>();
    for (StandardProbe member : members.subList(members.indexOf(first), members.size())) {
      boolean fits = open.isEmpty() || ProbeFamily.remembers((open.size() + 1) * bytesEach);
      if (fits && !member.knowsScores()) {
        open.add(member);
      }
    }
    Clean inputs = new Clean(open);
    Target target = first.known();
    first
        .passes()
        .batches()
        .run(
            inputs,
            taps,
            target,
            scores -> target,
            (index, score, layers) ->
                open.get(index).found(layers.scores(), layers.captures(taps, score)));
  }
}
