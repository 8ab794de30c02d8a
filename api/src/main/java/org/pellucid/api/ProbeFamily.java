package org.pellucid.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** What probes of several targets of one image have in common: the scores, and what was found. */
final class ProbeFamily {
  /** For all that is remembered of one image, in bytes. */
  static final long MEMORY = 256L << 20;

  private final Answers answers;
  private final List<StandardProbe> members = new ArrayList<>();
  private final Map<Object, List<StandardProbe>> counterparts = new HashMap<>();
  private double[] scores;

  /**
   * A family without members.
   *
   * @param answers of this family and of others that ask about the same image
   */
  ProbeFamily(Answers answers) {
    this.answers = answers;
  }

  /** What is remembered for somebody. */
  record Memory(Answers all, Object owner) {
    private record Question(Object owner, Object question) {}

    /** The answer to an equal question, or null. */
    <T> T get(Object question, Class<T> type) {
      return all.get(new Question(owner, question), type);
    }

    void put(Object question, Object value, long bytes) {
      all.put(new Question(owner, question), value, bytes);
    }
  }

  /** Takes a probe in; its own memory. */
  Memory join(StandardProbe probe) {
    members.add(probe);
    return new Memory(answers, probe);
  }

  /** What is the same for all members. */
  Memory memory() {
    return new Memory(answers, this);
  }

  /** The probes, by target. */
  List<StandardProbe> members() {
    return List.copyOf(members);
  }

  /** The clean image's scores, or null as long as nobody asked. */
  double[] scores() {
    return scores;
  }

  void found(double[] clean) {
    scores = clean.clone();
  }

  /** Whether an answer of a size leaves room for others. */
  static boolean remembers(long bytes) {
    return bytes <= MEMORY / 2;
  }

  /**
   * A probe, and those after it for which a question is open too, as far as memory allows.
   *
   * @param bytesEach of an answer
   */
  List<StandardProbe> sharing(
      StandardProbe first, long bytesEach, Predicate<StandardProbe> isOpen) {
    List<StandardProbe> sharing = new ArrayList<>(List.of(first));
    long bytes = bytesEach;
    for (StandardProbe other : members.subList(members.indexOf(first) + 1, members.size())) {
      if (isOpen.test(other) && remembers(bytes + bytesEach)) {
        bytes += bytesEach;
        sharing.add(other);
      }
    }
    return sharing;
  }

  /**
   * The probe of the same target in a family that asks in another way.
   *
   * @param way how it asks; equal ways give the same family
   * @param make makes a probe per target
   */
  StandardProbe counterpart(
      StandardProbe member, Object way, Function<List<Target>, List<StandardProbe>> make) {
    List<Target> targets = members.stream().map(StandardProbe::wanted).toList();
    return counterparts
        .computeIfAbsent(way, unknown -> make.apply(targets))
        .get(members.indexOf(member));
  }
}
