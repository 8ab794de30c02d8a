package org.pellucid.api.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.api.Algebra;
import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.AveragedGradients;
import org.pellucid.api.MomentFormula;
import org.pellucid.api.Saliency;

/**
 * What every feature map of a layer says by averages over samples, computed where the averages are:
 * of maps by cells only sums are asked for.
 */
final class AveragedEvidence {
  private static final ArrayAlgebra ALGEBRA = ArrayAlgebra.INSTANCE;

  private final WeightFormula formula;
  private final SelectedLayer layer;
  private final Field activations;

  /** Evidence of a formula's weights and a layer's activations. */
  AveragedEvidence(WeightFormula formula, SelectedLayer layer, Field activations) {
    this.formula = formula;
    this.layer = layer;
    this.activations = activations;
  }

  /** What is asked for. */
  private enum Wanted {
    /** All, the map included. */
    ALL,
    /** What ranks the feature maps, in place of the map that depends on it. */
    RANKED,
    /** The map alone. */
    MAP
  }

  private record Key(WeightFormula formula, Wanted wanted) {}

  /** The formula as far as it is asked for. */
  private final class Question implements MomentFormula {
    private final Wanted wanted;
    private final Field maps;

    /**
     * A question.
     *
     * @param maps 1 for each feature map that takes part, otherwise 0
     */
    Question(Wanted wanted, Field maps) {
      this.wanted = wanted;
      this.maps = maps;
    }

    @Override
    public Object key() {
      return new Key(formula, wanted);
    }

    @Override
    public List<Field> given() {
      return List.of(activations, layer.weightCells(), layer.contributionCells(), maps);
    }

    @Override
    public <T> List<T> results(Algebra<T> algebra, List<T> given, Powers<T> powers) {
      LayerTerms<T> terms =
          new LayerTerms<>(
              algebra,
              given.get(0),
              powers.first(),
              powers.second(),
              powers.third(),
              powers.scale(),
              given.get(1));
      Evidence<T> evidence = ClosedForm.evidence(formula, algebra, terms, given.get(2));
      if (wanted == Wanted.MAP) {
        return List.of(evidence.map(algebra, given.get(3)));
      }
      List<T> results = new ArrayList<>();
      results.add(algebra.sumMaps(algebra.sumCells(algebra.abs(given.get(0)))));
      for (T power : terms.given()) {
        results.add(algebra.sumMaps(algebra.sumCells(power)));
      }
      // A feature map that is weighed cell by cell has the mean of its cells' weights.
      results.add(algebra.meanCells(evidence.weights()));
      results.add(algebra.sumCells(evidence.contributions()));
      results.add(
          wanted == Wanted.ALL
              ? evidence.map(algebra, given.get(3))
              : algebra.sumCells(algebra.relu(evidence.contributions())));
      formula
          .negativeDenominators(algebra, terms)
          .ifPresent(counts -> results.add(algebra.sumMaps(counts)));
      return results;
    }
  }

  /** What was found of all samples; the second power comes first, as {@link LayerTerms#given}. */
  private record Results(List<double[]> results) {
    /** The sum of the magnitudes of all activations. */
    double activations() {
      return results.get(0)[0];
    }

    double[] powers() {
      return new double[] {results.get(1)[0], results.get(2)[0], results.get(3)[0]};
    }

    double[] weights() {
      return results.get(4);
    }

    double[] contributions() {
      return results.get(5);
    }

    double[] mapOrRanks() {
      return results.get(6);
    }

    Optional<Double> negativeDenominators() {
      return results.size() > 7 ? Optional.of(results.get(7)[0]) : Optional.empty();
    }

    /**
     * Of activations whose sum says neither that one is other than zero nor that all are finite,
     * the elements are read. Averages of powers are bounded, so that the sum of finite ones is
     * finite.
     */
    Optional<String> degeneracy(Field activations) {
      if (activations() == 0 || !Double.isFinite(activations())) {
        Optional<String> ofActivations = Degeneracy.ofActivations(activations);
        if (ofActivations.isPresent()) {
          return ofActivations;
        }
      }
      return Degeneracy.finite(powers())
          ? Degeneracy.ofGradients(new double[] {powers()[0]})
          : Degeneracy.ofGradients(powers());
    }
  }

  /** The saliency, with a jackknife where the averages allow one. */
  Saliency explain(AveragedGradients averages, SaliencyReport report) {
    boolean ranked = layer.ranksMaps();
    Wanted wanted = ranked ? Wanted.RANKED : Wanted.ALL;
    Field all = ALGEBRA.constant(1);
    Field some = ranked ? all : layer.maps(all);
    Results found = new Results(averages.evaluate(new Question(wanted, some)));
    Optional<String> degeneracy = found.degeneracy(activations);
    if (degeneracy.isPresent()) {
      return report.degenerate(degeneracy.get());
    }
    found
        .negativeDenominators()
        .ifPresent(count -> report.negativeDenominators(count, layer.shape().size()));
    Field maps = ranked ? layer.highest(found.mapOrRanks()) : some;
    Question map = new Question(Wanted.MAP, maps);
    return report.saliency(
        new SaliencyReport.Parts(
            ranked ? averages.evaluate(map).get(0) : found.mapOrRanks(),
            found.weights(),
            found.contributions(),
            maps),
        averages.groups(),
        () ->
            averages.evaluateWithoutGroups(map).stream()
                .map(results -> results.get(0))
                .toArray(double[][]::new));
  }
}
