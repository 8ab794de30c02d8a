package org.pellucid.metrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.api.Correlation;
import org.pellucid.api.GaussianNoise;
import org.pellucid.api.Measurement;
import org.pellucid.api.Metric;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Trial;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.ConvTranspose;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MatMul;

/**
 * Cascading randomisation, a sanity check: how alike the map stays when the network's parameters
 * are drawn anew, from the scores downwards. A method whose maps stay the same does not explain the
 * network. With M the signed map, M_s that in the network whose upper part s/n of the layers with
 * weights is drawn anew,
 *
 * <pre>
 * similarity = 1/n sum_{s=1..n} |Spearman's rank correlation of M and M_s|
 * </pre>
 *
 * <p>J. Adebayo, J. Gilmer, M. Muelly, I. Goodfellow, M. Hardt, B. Kim: "Sanity checks for saliency
 * maps", NeurIPS 2018, arXiv 1810.03292, section 3 (source: secondary). They go layer by layer and
 * plot; n stages of equally many layers and their mean make one number. The weights of convolutions
 * and linear layers are drawn from a normal distribution with the mean and deviation that each had;
 * biases and the statistics of normalisations stay. The explained class stays, too. The curve is
 * that of the correlations with their signs.
 *
 * <p>Each stage is a network of its own in the engine.
 */
public final class ParameterRandomisation implements Metric {
  private static final String PAPER = "Adebayo et al. 2018, https://arxiv.org/abs/1810.03292";

  /** How fine. */
  public static final Option<Integer> STAGES =
      Option.integer(
          "stages",
          3,
          1,
          100,
          "In how many stages all layers are drawn anew; an engine keeps a few networks at once",
          PAPER);

  /** Which parameters. */
  public static final Option<Long> SEED =
      Option.wholeNumber("seed", 0, "Which parameters are drawn, for all images", "");

  @Override
  public String id() {
    return "parameter-randomisation";
  }

  @Override
  public String description() {
    return "How alike the map stays when the network's parameters are drawn anew (" + PAPER + ")";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(STAGES, SEED);
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.EXPLANATIONS);
  }

  @Override
  public Direction direction() {
    return Direction.LOWER_IS_BETTER;
  }

  private record Drawn(long seed, int layers) {}

  @Override
  public Measurement measure(Trial trial, Options options) {
    double[] map = trial.saliency().map().toDoubleArray();
    ModelGraph graph = trial.probe().graph();
    List<String> weights = weights(graph);
    if (weights.isEmpty()) {
      return Measurement.none("the network has no weights that are constants");
    }
    int stages = Math.min(options.get(STAGES), weights.size());
    double[] curve = new double[stages];
    double sum = 0;
    for (int stage = 1; stage <= stages; stage++) {
      int layers = (int) Math.round((double) stage * weights.size() / stages);
      Drawn drawn = new Drawn(options.get(SEED), layers);
      double[] other =
          trial.explain(drawn, () -> drawn(graph, weights, drawn)).map().toDoubleArray();
      double correlation = Correlation.spearman(map, other);
      // A map of which nothing is left is like no other.
      curve[stage - 1] = Double.isNaN(correlation) ? 0 : correlation;
      sum += Math.abs(curve[stage - 1]);
    }
    return Measurement.of(sum / stages, curve);
  }

  /** The names of all weights, those next to the scores first. */
  static List<String> weights(ModelGraph graph) {
    Set<String> weights = new LinkedHashSet<>();
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      boolean linear =
          node.operation() instanceof Conv
              || node.operation() instanceof ConvTranspose
              || node.operation() instanceof Gemm
              || node.operation() instanceof MatMul;
      for (String input : linear ? node.inputs() : List.<String>of()) {
        Tensor constant = graph.constants().get(input);
        if (constant != null
            && constant.elementType().isFloating()
            && constant.shape().rank() >= 2) {
          weights.add(input);
        }
      }
    }
    return new ArrayList<>(weights);
  }

  private static ModelGraph drawn(ModelGraph graph, List<String> weights, Drawn which) {
    Map<String, Tensor> constants = new HashMap<>(graph.constants());
    for (int layer = 0; layer < which.layers(); layer++) {
      String name = weights.get(layer);
      constants.put(name, drawn(constants.get(name), which.seed(), layer));
    }
    return ModelGraph.of(
        graph.inputs(), constants, graph.nodes(), graph.outputs(), graph.metadata());
  }

  private static Tensor drawn(Tensor weight, long seed, int layer) {
    double[] values = weight.toDoubleArray();
    double mean = 0;
    for (double value : values) {
      mean += value / values.length;
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean) / values.length;
    }
    double deviation = Math.sqrt(squares);
    GaussianNoise.fill(seed, layer, values);
    for (int i = 0; i < values.length; i++) {
      values[i] = mean + deviation * values[i];
    }
    ElementType type = weight.elementType();
    return Tensor.of(weight.shape(), values).cast(type);
  }
}
