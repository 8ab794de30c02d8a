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
 */
public record Foreseen(Set<Tap> gradients, Set<Tap> averages) {
  /** Nothing. */
  public static final Foreseen NOTHING = new Foreseen(Set.of(), Set.of());

  /** Copies the sets. */
  public Foreseen {
    gradients = Set.copyOf(gradients);
    averages = Set.copyOf(averages);
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
    return new Foreseen(both, averaged);
  }
}
