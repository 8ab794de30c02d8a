package org.pellucid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.api.Tap;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** What the parts of the contract share. */
abstract class BackendQuestions {
  /** The scores of the networks. */
  static final Tap SCORES = new Tap("scores");

  /** The backend that is tested. */
  protected abstract GradientBackend backend();

  /**
   * Operations that the backend refuses, at least for some attributes; all others it must run. By
   * default none. What is declared is tested to be refused by name; where a network of the contract
   * has such an operation, it is left out. Not even a declared lack excuses {@link
   * Networks#residual}.
   */
  protected Set<Class<? extends Operation>> refused() {
    return Set.of();
  }

  /**
   * How models are loaded where rounding should not matter: in float64 where there is one. The
   * networks are too small for more than one thread.
   */
  LoadOptions exact() {
    return LoadOptions.DEFAULT
        .withThreads(1)
        .with(backend().devices().get(0))
        .with(hasDouble() ? Precision.FLOAT64 : Precision.FLOAT32);
  }

  /** What rounding may do to values of size 1 under {@link #exact}. */
  double rounding() {
    return hasDouble() ? 1e-10 : 1e-4;
  }

  boolean hasDouble() {
    return backend().precisions().contains(Precision.FLOAT64);
  }

  static Tap tap(String name) {
    return new Tap(name);
  }

  static Set<Tap> taps(String... names) {
    return Set.of(names).stream().map(Tap::new).collect(Collectors.toSet());
  }

  /** Every floating tensor that depends on the image. */
  static Set<Tap> everywhere(ModelGraph graph) {
    return graph.downstream(graph.inputs().keySet()).stream()
        .filter(name -> graph.type(name).elementType().isFloating())
        .map(Tap::new)
        .collect(Collectors.toSet());
  }

  static Map<String, Tensor> image(Tensor images) {
    return Map.of("image", images);
  }

  /** A seed drawn for a tensor's shape. */
  static Tensor seed(Shape shape, long seed) {
    return new Values(seed).signed(shape.dims());
  }

  /** One sample of a tensor that stacks them along axis 0. */
  static Tensor sample(Tensor batch, int index) {
    int size = (int) batch.shape().sizeOf(1, batch.shape().rank());
    double[] part = new double[size];
    for (int i = 0; i < size; i++) {
      part[i] = batch.get(index * size + i);
    }
    return Tensor.of(batch.shape().with(0, 1), part);
  }

  /** Some tensors of a network by the reference, with some tensors' values given. */
  static Map<String, Tensor> reference(
      ModelGraph graph, Map<String, Tensor> given, Set<String> wanted) {
    ModelGraph changed = graph;
    for (String name : given.keySet()) {
      changed = graph.inputs().containsKey(name) ? changed : Networks.cut(changed, name);
    }
    return new ReferenceInterpreter(changed).run(given, wanted);
  }

  /**
   * The gradient at a tensor of the sum of seed times tensor, by central differences of the
   * reference.
   */
  static double[] differences(
      ModelGraph graph, Tensor images, Tap at, Map<Tap, Tensor> seeds, Tensor activation) {
    double[] values = activation.toDoubleArray();
    double[] gradient = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      double step = 1e-6;
      double[] moved = values.clone();
      moved[i] += step;
      double above = scalar(graph, images, at, Tensor.of(activation.shape(), moved), seeds);
      moved = values.clone();
      moved[i] -= step;
      double below = scalar(graph, images, at, Tensor.of(activation.shape(), moved), seeds);
      gradient[i] = (above - below) / (2 * step);
    }
    return gradient;
  }

  private static double scalar(
      ModelGraph graph, Tensor images, Tap at, Tensor activation, Map<Tap, Tensor> seeds) {
    Map<String, Tensor> given = new LinkedHashMap<>();
    given.put("image", images);
    given.put(at.tensor(), activation);
    Set<String> wanted = seeds.keySet().stream().map(Tap::tensor).collect(Collectors.toSet());
    Map<String, Tensor> tensors = reference(graph, given, wanted);
    double sum = 0;
    for (Map.Entry<Tap, Tensor> seed : seeds.entrySet()) {
      Tensor tensor = tensors.get(seed.getKey().tensor());
      for (int i = 0; i < tensor.size(); i++) {
        sum += seed.getValue().get(i) * tensor.get(i);
      }
    }
    return sum;
  }

  /** Checks a tensor, with a tolerance in units of the largest expected magnitude (at least 1). */
  static void assertClose(Tensor actual, double[] expected, double tolerance, String what) {
    double[] found = actual.toDoubleArray();
    assertThat(found).as(what).hasSameSizeAs(expected);
    double scale = 1;
    for (double x : expected) {
      scale = Math.max(scale, Double.isFinite(x) ? Math.abs(x) : 1);
    }
    for (int i = 0; i < expected.length; i++) {
      boolean close =
          Math.abs(found[i] - expected[i]) <= tolerance * scale || found[i] == expected[i];
      assertThat(close)
          .as(
              "%s: element %d of %s is %s, expected %s within %s",
              what, i, actual.type(), found[i], expected[i], tolerance * scale)
          .isTrue();
    }
  }

  static void assertClose(Tensor actual, Tensor expected, double tolerance, String what) {
    assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
    assertClose(actual, expected.toDoubleArray(), tolerance, what);
  }

  static void assertClose(
      Map<Tap, Tensor> actual, Map<Tap, Tensor> expected, double tolerance, String what) {
    assertThat(actual.keySet()).as(what).isEqualTo(expected.keySet());
    expected.forEach((at, tensor) -> assertClose(actual.get(at), tensor, tolerance, what + at));
  }

  /** The gradients of one run. */
  static Map<Tap, Tensor> gradients(
      LoadedModel model, Tensor images, Map<Tap, Tensor> seeds, Set<Tap> taps, Set<Tap> at) {
    try (ForwardPass pass = model.forward(image(images), taps)) {
      return new HashMap<>(pass.backward(seeds, at));
    }
  }

  /** The networks with blocks that the backend runs. */
  final List<ModelGraph> networks() {
    List<ModelGraph> networks =
        Stream.of(Networks.residual(), Networks.dense(), Networks.branches())
            .filter(this::runs)
            .toList();
    assertThat(networks)
        .as("networks that the backend runs: Networks.residual() is the least of them")
        .isNotEmpty();
    return networks;
  }

  /** Whether the backend runs a network; it does unless it has declared what it lacks of it. */
  final boolean runs(ModelGraph graph) {
    List<Node> lacking =
        graph.nodes().stream()
            .filter(node -> backend().refusal(node, exact().precision()).isPresent())
            .toList();
    lacking.forEach(node -> requireDeclared(node, exact().precision()));
    return lacking.isEmpty();
  }

  /** Leaves a test out where the backend declares that it does not run the network. */
  final ModelGraph assumeRuns(ModelGraph graph) {
    assumeTrue(runs(graph), "the backend declares that it lacks operations of this network");
    return graph;
  }

  /** Fails where a node is refused whose operation is not declared. */
  final void requireDeclared(Node node, Precision precision) {
    assertThat(refused())
        .as(
            "The backend refuses %s in %s: %s. Run it, or declare %s.class in refused()",
            node.describe(),
            precision.id(),
            backend().refusal(node, precision).orElse("no reason is given"),
            node.operation().name())
        .contains(node.operation().getClass());
  }
}
