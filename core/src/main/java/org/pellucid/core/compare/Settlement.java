package org.pellucid.core.compare;

import java.util.List;

/**
 * What was found out about two backends whose float32 maps differ by more than the tolerance.
 *
 * <p>A network of ReLUs, max-pools and other piecewise operations has a gradient that jumps where a
 * unit switches sides. Two backends that round differently may stand on two sides of such a kink,
 * and then both are right, for the sides they took. That is not assumed but shown, for each of the
 * two backends, on every image that the method looked at, noisy copies included:
 *
 * <ol>
 *   <li><em>Values.</em> What the backend computes at the layer and at the input of every piecewise
 *       operation behind it is what double precision computes there, to the tolerance.
 *   <li><em>Gradients.</em> The backend's gradient at the layer is the one that double precision
 *       (the reference interpreter, on the differentiated network) finds when it is given the
 *       backend's own values, and with them its sides, to the tolerance.
 *   <li><em>Sides.</em> Units that stand on other sides than in double precision do so at rounding
 *       level: their value, or the distance of the two candidates of a maximum, moved by no more
 *       than {@link SideWitness#ROUNDING} of the largest value of its tensor.
 *   <li><em>The map.</em> The method, given these gradients of double precision, makes the map that
 *       is compared, to the tolerance. Everything before that ran again; where rounding in the
 *       second run took other sides than in the first, this fails and nothing is excused.
 * </ol>
 *
 * <p>Only if all of it holds for both backends, and at least one unit switched sides in one of
 * them, is the difference a {@link Verdict#KINK}. If the first three hold, no unit switched sides,
 * and values and gradients on both are those of double precision not just to the tolerance but to
 * {@link SideWitness#ROUNDING}, it is the method that magnifies rounding: {@link
 * Verdict#SENSITIVE}, which is told apart from other differences but not excused. (The fourth need
 * not hold there: the method would magnify the difference of its second run from its first.) What
 * is not shown: that the part of the network before the layer took the sides that double precision
 * takes (only its result is compared), and anything of a method that asks for scores of changed
 * images or layers, for which nothing is excused.
 *
 * @param verdict what that amounts to; never {@link Verdict#AGREES}
 * @param operations the piecewise operations at which units switched sides, by the names of their
 *     nodes
 * @param switchedUnits how many units stood on other sides than in double precision, over both
 *     backends and all images that the method looked at
 * @param findings per backend a sentence: what was shown, or why it was not
 */
public record Settlement(
    Verdict verdict, List<String> operations, long switchedUnits, List<String> findings) {
  /** Copies the lists. */
  public Settlement {
    operations = List.copyOf(operations);
    findings = List.copyOf(findings);
  }

  /** Nothing is excused. */
  static Settlement unexplained(String reason) {
    return new Settlement(Verdict.DISAGREES, List.of(), 0, List.of(reason));
  }
}
