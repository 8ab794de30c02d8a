package org.pellucid.api.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.Saliency;
import org.pellucid.api.Status;
import org.pellucid.graph.Tensor;

/**
 * A saliency in the making: collects warnings and measures, and judges the map.
 *
 * @since 0.1.0
 */
public final class SaliencyReport {
  private static final ArrayAlgebra ALGEBRA = ArrayAlgebra.INSTANCE;

  /** Elements of a layer from which on its maps are computed on several threads. */
  private static final int LARGE = 1 << 14;

  private final SelectedLayer layer;
  private final boolean tabulates;
  private final List<String> warnings = new ArrayList<>();
  private final Map<String, Double> measures = new LinkedHashMap<>();

  /** A report of what each of the layer's feature maps adds. */
  public SaliencyReport(SelectedLayer layer) {
    this(layer, true);
  }

  private SaliencyReport(SelectedLayer layer, boolean tabulates) {
    this.layer = layer;
    this.tabulates = tabulates;
  }

  /** A report of a method that knows of no single feature map what it adds. */
  public static SaliencyReport withoutTable(SelectedLayer layer) {
    return new SaliencyReport(layer, false);
  }

  /** Adds a sentence for a person. */
  public void warn(String sentence) {
    warnings.add(sentence);
  }

  /** Adds a number. */
  public void measure(String name, double value) {
    measures.put(name, value);
  }

  /**
   * Notes cells whose alpha is negative, and warns where there are any.
   *
   * @param count how many, on average over samples where each has its own
   * @param cells of how many
   */
  public void negativeDenominators(double count, long cells) {
    measure("negativeDenominators", count);
    if (count > 0) {
      warn(
          String.format(
              Locale.ROOT,
              "In %.3g of %d cells of the feature maps the gradient is positive and alpha's"
                  + " denominator negative: they weigh against their feature map",
              count,
              cells));
    }
  }

  /** Notes how many samples the weights amount to, and warns where few decide. */
  public void samples(int samples, double effective) {
    measure("samples", samples);
    if (!Double.isFinite(effective)) {
      // Scores that are not finite: the map is degenerate, and says so.
      return;
    }
    measure("effectiveSamples", effective);
    if (effective < samples / 4.0) {
      warn(
          String.format(
              Locale.ROOT,
              "The %d samples weigh as much as %.1f equal ones: few noisy copies decide the map;"
                  + " lower the noise or average the logit",
              samples,
              effective));
    }
  }

  /** A map of zeros: there is nothing to show. */
  public Saliency degenerate(String reason) {
    warn(reason);
    if (!tabulates) {
      double[] zeros = new double[Math.toIntExact(layer.space().size())];
      return saliency(zeros, Status.DEGENERATE, List.of(), Optional.empty());
    }
    Evidence<Field> nothing = layer.noEvidence();
    return saliency(parts(nothing), Status.DEGENERATE, Optional.empty());
  }

  /** The saliency of the selected feature maps, of one sample. */
  public Saliency saliency(Evidence<Field> evidence) {
    return saliency(evidence, 0, group -> evidence);
  }

  /**
   * The saliency of the selected feature maps.
   *
   * @param groups the number of groups of samples for the jackknife, less than 2 for none
   * @param without the evidence without a group, counted from 0; several threads may ask at once
   */
  public Saliency saliency(
      Evidence<Field> evidence, int groups, IntFunction<Evidence<Field>> without) {
    if (!Degeneracy.finite(evidence.weights().values())) {
      return degenerate(Degeneracy.OVERFLOW);
    }
    Parts parts = parts(evidence);
    return saliency(
        parts,
        groups,
        () -> maps(groups, group -> without.apply(group).map(ALGEBRA, parts.maps())));
  }

  /**
   * What a saliency consists of.
   *
   * @param map a number per cell
   * @param weights of each feature map
   * @param contributions of each feature map the sum of its cells
   * @param maps 1 for each feature map that takes part, otherwise 0
   */
  record Parts(double[] map, double[] weights, double[] contributions, Field maps) {}

  private Parts parts(Evidence<Field> evidence) {
    Field maps = layer.maps(evidence.contributions());
    return new Parts(
        evidence.map(ALGEBRA, maps).values(),
        // A feature map that is weighed cell by cell has the mean of its cells' weights.
        ALGEBRA.meanCells(evidence.weights()).values(),
        ALGEBRA.sumCells(evidence.contributions()).values(),
        maps);
  }

  /**
   * The saliency of the selected feature maps.
   *
   * @param groups the number of groups of samples for the jackknife, less than 2 for none
   * @param without the maps without each group
   */
  Saliency saliency(Parts parts, int groups, Supplier<double[][]> without) {
    if (!Degeneracy.finite(parts.map()) || !Degeneracy.finite(parts.weights())) {
      return degenerate(Degeneracy.OVERFLOW);
    }
    Optional<Tensor> error = groups < 2 ? Optional.empty() : jackknife(without.get());
    return saliency(parts, status(parts.map()), error);
  }

  /**
   * The saliency that a map is, without anything of feature maps.
   *
   * @param map a number per cell; cells that are not selected are left out here
   * @param groups the number of groups of samples for the jackknife, less than 2 for none
   * @param without the map without a group, counted from 0; several threads may ask at once
   */
  public Saliency saliency(Field map, int groups, IntFunction<Field> without) {
    Field shown = selected(map);
    if (!Degeneracy.finite(shown.values())) {
      return degenerate(Degeneracy.OVERFLOW);
    }
    Optional<Tensor> error =
        groups < 2
            ? Optional.empty()
            : jackknife(maps(groups, group -> selected(without.apply(group))));
    return saliency(shown.values(), status(shown.values()), List.of(), error);
  }

  /** The saliency that a map is, of one sample. */
  public Saliency saliency(Field map) {
    return saliency(map, 0, group -> map);
  }

  private Field selected(Field map) {
    return ALGEBRA.mul(ALGEBRA.mul(map, layer.weightCells()), layer.contributionCells());
  }

  private Saliency saliency(
      double[] map, Status status, List<Saliency.Contribution> table, Optional<Tensor> error) {
    return new Saliency(Tensor.of(layer.space(), map), table, error, status, warnings, measures);
  }

  private Saliency saliency(Parts parts, Status status, Optional<Tensor> error) {
    double[] sums = parts.contributions();
    double[] selected = parts.maps().values();
    Saliency.Contribution[] table = new Saliency.Contribution[sums.length];
    int rows = 0;
    for (int k = 0; k < sums.length; k++) {
      if (selected[selected.length == 1 ? 0 : k] != 0) {
        table[rows++] = new Saliency.Contribution(k, parts.weights()[k], sums[k]);
      }
    }
    return saliency(parts.map(), status, List.of(Arrays.copyOf(table, rows)), error);
  }

  /**
   * The maps without one group of samples after the other. Beside a graphics card those of large
   * layers would take longer than the network, so they are computed on all cores.
   */
  private double[][] maps(int groups, IntFunction<Field> without) {
    IntStream each = IntStream.range(0, groups);
    return (layer.shape().size() >= LARGE ? each.parallel() : each)
        .mapToObj(group -> without.apply(group).values())
        .toArray(double[][]::new);
  }

  /**
   * The standard error of each cell: the map's without one group of samples after the other,
   * sqrt((G - 1)/G sum_g (m_g - mean m)^2).
   */
  private Optional<Tensor> jackknife(double[][] maps) {
    int groups = maps.length;
    double[] error = new double[maps[0].length];
    for (int cell = 0; cell < error.length; cell++) {
      double mean = 0;
      for (double[] map : maps) {
        mean += map[cell] / groups;
      }
      double norm = 0;
      for (double[] map : maps) {
        // Huge maps have deviations whose squares overflow.
        norm = Math.hypot(norm, map[cell] - mean);
      }
      error[cell] = norm * Math.sqrt((groups - 1.0) / groups);
    }
    if (!Degeneracy.finite(error)) {
      warn("The map's error leaves the range of float64 numbers");
      return Optional.empty();
    }
    return Optional.of(Tensor.of(layer.space(), error));
  }

  private static Status status(double[] map) {
    double min = map.length == 0 ? 0 : map[0];
    double max = min;
    for (double value : map) {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    if (!(max > 0)) {
      return Status.NO_POSITIVE_EVIDENCE;
    }
    return min == max ? Status.FLAT : Status.OK;
  }
}
