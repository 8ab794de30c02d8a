package org.pellucid.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.pellucid.graph.gradient.GradientRules;

/** What probes of several targets of one image have in common: the scores, and what was found. */
final class ProbeFamily {
  /** For all that is remembered of one image, in bytes. */
  static final long MEMORY = 256L << 20;

  private final Answers answers;
  private final List<StandardProbe> members = new ArrayList<>();
  private final Map<Object, Map<StandardProbe, StandardProbe>> counterparts = new HashMap<>();
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
   * The probe of a target that depends on a member's, in a family of all such.
   *
   * @param derivation equal ones give the same family
   * @param other derives a member's
   * @param builder of that family
   * @return empty where none is derived
   */
  Optional<StandardProbe> derived(
      StandardProbe member,
      Object derivation,
      Function<StandardProbe, Optional<Target>> other,
      ProbeBuilder builder) {
    record Derived(Object derivation) {}
    Map<StandardProbe, StandardProbe> byMember = counterparts.get(new Derived(derivation));
    if (byMember == null) {
      Map<StandardProbe, Target> targets = new LinkedHashMap<>();
      for (StandardProbe each : members) {
        other.apply(each).ifPresent(target -> targets.put(each, target));
      }
      byMember = counterparts(builder, targets);
      counterparts.put(new Derived(derivation), byMember);
    }
    return Optional.ofNullable(byMember.get(member));
  }

  /**
   * The probe of a member's target in a family whose gradients are taken by other rules.
   *
   * @param builder of that family, made when it is first asked for
   */
  StandardProbe under(StandardProbe member, GradientRules rules, Supplier<ProbeBuilder> builder) {
    Map<StandardProbe, StandardProbe> byMember = counterparts.get(rules);
    if (byMember == null) {
      Map<StandardProbe, Target> targets = new LinkedHashMap<>();
      members.forEach(each -> targets.put(each, each.wanted()));
      byMember = counterparts(builder.get(), targets);
      counterparts.put(rules, byMember);
    }
    return byMember.get(member);
  }

  /** Probes of targets, by who asks about them. */
  private static Map<StandardProbe, StandardProbe> counterparts(
      ProbeBuilder builder, Map<StandardProbe, Target> targets) {
    List<StandardProbe> made = builder.buildAll(List.copyOf(targets.values()));
    Map<StandardProbe, StandardProbe> byMember = new HashMap<>();
    for (StandardProbe member : targets.keySet()) {
      byMember.put(member, made.get(byMember.size()));
    }
    return byMember;
  }
}
