package org.pellucid.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pellucid.graph.Tensor;

/**
 * A weighted sum of targets of the same scores: {@code sum_i w_i S_i}. Two classes with the weights
 * 1 and -1 tell why the network says one rather than the other.
 *
 * @param terms at least one
 * @since 0.1.0
 */
public record SumTarget(List<Term> terms) implements Target {
  /**
   * A part of the sum.
   *
   * @param weight finite, may be negative
   * @param target what is weighted
   */
  public record Term(double weight, Target target) {
    /** Refuses a weight that is not finite. */
    public Term {
      if (!Double.isFinite(weight)) {
        throw new InvalidRequestException("A weight is a finite number, found " + weight);
      }
    }
  }

  /** Copies the list; refuses an empty one. */
  public SumTarget {
    terms = List.copyOf(terms);
    if (terms.isEmpty()) {
      throw new InvalidRequestException("A sum of targets has at least one of them");
    }
  }

  @Override
  public String describe() {
    StringBuilder text = new StringBuilder();
    for (Term term : terms) {
      boolean first = text.length() == 0;
      if (term.weight() < 0) {
        text.append(first ? "-" : " - ");
      } else if (!first) {
        text.append(" + ");
      }
      double magnitude = Math.abs(term.weight());
      if (magnitude != 1) {
        text.append(plain(magnitude)).append(' ');
      }
      text.append(term.target().describe());
    }
    return text.toString();
  }

  private static String plain(double number) {
    return number == Math.rint(number) && number < 1e9
        ? String.format(Locale.ROOT, "%d", (long) number)
        : Double.toString(number);
  }

  @Override
  public Target resolve(Tensor scores) {
    List<Term> resolved = new ArrayList<>();
    for (Term term : terms) {
      resolved.add(new Term(term.weight(), term.target().resolve(scores)));
    }
    return new SumTarget(resolved);
  }

  @Override
  public double value(double[] scores) {
    double sum = 0;
    for (Term term : terms) {
      sum += term.weight() * term.target().value(scores);
    }
    return sum;
  }

  @Override
  public double[] seed(double[] scores) {
    double[] seed = new double[scores.length];
    for (Term term : terms) {
      add(term, term.target().seed(scores), seed);
    }
    return seed;
  }

  @Override
  public Optional<double[]> constantSeed(int scores) {
    double[] seed = new double[scores];
    for (Term term : terms) {
      Optional<double[]> part = term.target().constantSeed(scores);
      if (part.isEmpty()) {
        return part;
      }
      add(term, part.get(), seed);
    }
    return Optional.of(seed);
  }

  @Override
  public double[] curvature(double[] scores, double[] direction) {
    double[] curvature = new double[scores.length];
    for (Term term : terms) {
      add(term, term.target().curvature(scores, direction), curvature);
    }
    return curvature;
  }

  private static void add(Term term, double[] part, double[] sum) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += term.weight() * part[i];
    }
  }
}
