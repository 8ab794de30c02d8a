package org.pellucid.methods;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.Saliency.Concept;
import org.pellucid.api.explain.LayerActivationMethod;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.api.explain.SelectedLayer;
import org.pellucid.graph.Tensor;

/**
 * Deep feature factorisation: the few things that a layer tells apart in an image, whatever the
 * target. With the activations A of a layer as a matrix X [h w, K] without negative numbers, and
 *
 * <pre>
 * X = H W, H [h w, n] and W [n, K] without negative numbers, as well as can be
 * concept_c = column c of H       [h, w]
 * map = sum_c concept_c           [h, w]
 * </pre>
 *
 * <p>E. Collins, R. Achanta, S. Süsstrunk: "Deep feature factorization for concept discovery", ECCV
 * 2018, arXiv 1806.10206 (source: secondary), for one image. Each row of W has length 1, so that
 * concepts can be compared. {@link Saliency#concepts} holds them, those with the largest sum first;
 * a picture gives each a colour. Negative activations count as 0, with a warning.
 *
 * <p>A selection of feature maps factorises those alone; those that contribute most cannot be asked
 * for. A selection of neurons selects cells of the maps, whatever its role. The measure {@code
 * explained} is the part of the sum of squares of X that H W accounts for.
 */
public final class DeepFeatureFactorization extends LayerActivationMethod {
  private static final ArrayAlgebra ALGEBRA = ArrayAlgebra.INSTANCE;
  private static final String PAPER = "Collins et al. 2018, https://arxiv.org/abs/1806.10206";

  /** How many concepts. */
  public static final Option<Integer> CONCEPTS =
      Option.integer("concepts", 4, 1, 16, "How many things are told apart, at most", PAPER);

  /** How often the factors are improved. */
  public static final Option<Integer> UPDATES =
      Option.integer("updates", 200, 1, 100_000, "How many times both factors are improved", PAPER);

  /** The method; it has no state. */
  public DeepFeatureFactorization() {
    super(CONCEPTS, UPDATES);
  }

  @Override
  public String id() {
    return "deep-feature-factorization";
  }

  @Override
  public List<String> aliases() {
    return List.of("dff");
  }

  @Override
  public String description() {
    return "The few things that a layer tells apart, each in its colour, whatever the class (Collins"
        + " et al. 2018, https://arxiv.org/abs/1806.10206)";
  }

  @Override
  protected SaliencyReport report(SelectedLayer layer) {
    layer.mapsByIndex(id());
    return SaliencyReport.withoutTable(layer);
  }

  @Override
  protected Saliency explain(
      Field activations, SelectedLayer layer, SaliencyReport report, Options values) {
    Field scale = ALGEBRA.scaleOf(activations);
    Field selected = ALGEBRA.mul(ALGEBRA.div(activations, scale), layer.mapsByIndex(id()));
    if (Arrays.stream(selected.values()).anyMatch(value -> value < 0)) {
      report.warn("Negative activations count as 0 in a factorisation without negative numbers");
    }
    Field positive = ALGEBRA.relu(selected);
    int cells = positive.cells();
    int maps = positive.maps();
    double[] x = new double[positive.values().length];
    for (int i = 0; i < x.length; i++) {
      x[i % cells * maps + i / cells] = positive.values()[i];
    }
    Factorization factors =
        new Factorization(x, cells, maps, values.get(CONCEPTS), values.get(UPDATES));
    List<Field> concepts = new ArrayList<>();
    for (int f = 0; f < factors.factors(); f++) {
      Field found = new Field(1, cells, factors.cells(f));
      Field shown = ALGEBRA.mul(ALGEBRA.mul(found, layer.weightCells()), layer.contributionCells());
      concepts.add(ALGEBRA.mul(shown, scale));
    }
    concepts.sort(Comparator.comparingDouble(concept -> -sum(concept)));
    Field map = layer.nothing();
    for (Field concept : concepts) {
      map = ALGEBRA.add(map, concept);
    }
    report.measure("explained", factors.explained());
    double all = sum(map);
    return report
        .saliency(map)
        .withConcepts(
            concepts.stream()
                .filter(concept -> all > 0 && Double.isFinite(all))
                .map(
                    concept ->
                        new Concept(Tensor.of(layer.space(), concept.values()), sum(concept) / all))
                .toList());
  }

  private static double sum(Field concept) {
    return Arrays.stream(concept.values()).sum();
  }
}
