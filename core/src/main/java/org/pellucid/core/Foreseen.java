package org.pellucid.core;

import java.util.LinkedHashSet;
import java.util.Set;
import org.pellucid.api.Explainer;
import org.pellucid.api.Need;
import org.pellucid.api.Tap;

/**
 * What methods will ask about one image, as far as that is known before: it then takes as few
 * passes as possible. It changes no answer.
 *
 * @param gradients layers, or the input, whose gradients will be asked for
 * @param averages layers, or the input, whose gradients will be averaged over noisy copies
 * @param samples over how many noisy copies, where it will be asked with several numbers of them
 */
public record Foreseen(Set<Tap> gradients, Set<Tap> averages, Set<Integer> samples) {
  /** Nothing. */
  public static final Foreseen NOTHING = new Foreseen(Set.of(), Set.of());

  /** Copies the sets. */
  public Foreseen {
    gradients = Set.copyOf(gradients);
    averages = Set.copyOf(averages);
    samples = Set.copyOf(samples);
  }

  /** One number of noisy copies alone, or none. */
  public Foreseen(Set<Tap> gradients, Set<Tap> averages) {
    this(gradients, averages, Set.of());
  }

  /** The same with several numbers of noisy copies. */
  public Foreseen withSamples(Set<Integer> counts) {
    return new Foreseen(gradients, averages, counts);
  }

  /** What a method asks about some layers, and about the input. */
  static Foreseen of(Explainer method, Set<Tap> layers, Tap input) {
    Set<Need> needs = method.needs();
    Set<Tap> gradients = new LinkedHashSet<>();
    if (needs.contains(Need.LAYER_GRADIENTS)) {
      gradients.addAll(layers);
    } else if (needs.contains(Need.INPUT_GRADIENTS) && !needs.contains(Need.GRADIENT_RULES)) {
      gradients.add(input);
    }
    return new Foreseen(
        gradients, needs.contains(Need.NOISY_COPIES) ? Set.copyOf(gradients) : Set.of());
  }

  /** Both. */
  Foreseen and(Foreseen other) {
    Set<Tap> both = new LinkedHashSet<>(gradients);
    both.addAll(other.gradients);
    Set<Tap> averaged = new LinkedHashSet<>(averages);
    averaged.addAll(other.averages);
    Set<Integer> counts = new LinkedHashSet<>(samples);
    counts.addAll(other.samples);
    return new Foreseen(both, averaged, counts);
  }
}
