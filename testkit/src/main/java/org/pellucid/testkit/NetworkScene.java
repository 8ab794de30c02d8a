package org.pellucid.testkit;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import org.pellucid.api.Explainer;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.Precision;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.api.reference.ReferenceBackend;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Transpose;
import org.pellucid.graph.op.Unary;

/**
 * A real network on the reference backend, for explainers that ask for more than one layer's
 * numbers: an image of 5 channels of 3 by 4 pixels, a ReLU, which is the layer, and two linear
 * layers with a ReLU between them; or, for explainers that need it, global average pooling and one
 * linear layer.
 */
final class NetworkScene implements Scene {
  private static final int HIDDEN = 7;
  private static final int CLASSES = 3;
  private static final int CELLS = ROWS * COLUMNS;
  private static final Tap IMAGE = new Tap("image");
  private static final Tap LAYER = new Tap("layer");
  private static final Shape INPUT = Shape.of(1, MAPS, ROWS, COLUMNS);

  private final Set<Need> needs;
  private final double[] image;
  private final double[] first;
  private final double[] second;
  private final double[] pooled;
  private final double[] firstBias;
  private final double[] secondBias;

  /** A scene that an explainer can be tried on. */
  NetworkScene(long seed, Explainer explainer) {
    Random random = new Random(seed);
    this.needs = explainer.needs();
    this.image = normal(random, (int) INPUT.size());
    this.first = normal(random, HIDDEN * (int) INPUT.size());
    this.second = normal(random, CLASSES * HIDDEN);
    this.pooled = normal(random, CLASSES * MAPS);
    this.firstBias = normal(random, HIDDEN);
    this.secondBias = normal(random, CLASSES);
  }

  private static double[] normal(Random random, int count) {
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextGaussian();
    }
    return numbers;
  }

  @Override
  public Tap place() {
    return needs.contains(Need.LAYER) ? LAYER : IMAGE;
  }

  @Override
  public int pixels() {
    return 1;
  }

  @Override
  public ModelProbe probe(IntUnaryOperator source) {
    double[] ordered = new double[image.length];
    for (int i = 0; i < image.length; i++) {
      ordered[i] = image[source.applyAsInt(i)];
    }
    GraphBuilder network = begin().node("layer", new Unary.Relu(), "seen");
    if (needs.contains(Need.LINEAR_HEAD)) {
      pooledHead(network, source);
    } else if (needs.contains(Need.ATTENTION)) {
      attention(network, source);
    } else {
      double[] weights = new double[first.length];
      for (int i = 0; i < weights.length; i++) {
        int row = i / image.length * image.length;
        weights[i] = first[row + source.applyAsInt(i % image.length)];
      }
      network
          .constant("first", Tensor.of(Shape.of(HIDDEN, image.length), weights))
          .constant("first bias", Tensor.of(Shape.of(HIDDEN), firstBias))
          .constant("second", Tensor.of(Shape.of(CLASSES, HIDDEN), second))
          .constant("second bias", Tensor.of(Shape.of(CLASSES), secondBias))
          .node("flat", new Reshape(Shape.of(1, image.length)), "layer")
          .node("sums", new Gemm(1, 1, false, true), "flat", "first", "first bias")
          .node("active", new Unary.Relu(), "sums")
          .node("scores", new Gemm(1, 1, false, true), "active", "second", "second bias");
    }
    return probe(network.build("scores"), ordered);
  }

  /**
   * Cells as tokens that attend to each other, their mean and a linear layer; a convolution that
   * changes nothing says that cells are patches.
   */
  private void attention(GraphBuilder network, IntUnaryOperator source) {
    List<Integer> one = List.of(1, 1);
    List<Integer> none = List.of(0, 0);
    double[] same = new double[MAPS * MAPS];
    for (int k = 0; k < MAPS; k++) {
      same[k * MAPS + k] = 1;
    }
    network
        .constant("same", Tensor.of(Shape.of(MAPS, MAPS, 1, 1), same))
        .node("patches", new Conv(one, one, none, none, 1), "layer", "same")
        .node("rows", new Reshape(Shape.of(1, MAPS, CELLS)), "patches")
        .node("tokens", new Transpose(List.of(0, 2, 1)), "rows")
        .node("products", new MatMul(), "tokens", "rows")
        .node("attention", new Softmax(2), "products")
        .node("attended", new MatMul(), "attention", "tokens")
        .node("sum", new Binary.Add(), "tokens", "attended")
        .node("means", new Reduce.ReduceMean(List.of(1), false), "sum");
    linear(network, source);
  }

  /** Means of feature maps and a linear layer; only whole maps can change their order. */
  private void pooledHead(GraphBuilder network, IntUnaryOperator source) {
    network.node("means", new Reduce.ReduceMean(List.of(2, 3), false), "layer");
    linear(network, source);
  }

  private void linear(GraphBuilder network, IntUnaryOperator source) {
    double[] weights = new double[pooled.length];
    for (int i = 0; i < weights.length; i++) {
      int map = source.applyAsInt(i % MAPS * CELLS) / CELLS;
      weights[i] = pooled[i / MAPS * MAPS + map];
    }
    network
        .constant("head", Tensor.of(Shape.of(CLASSES, MAPS), weights))
        .constant("head bias", Tensor.of(Shape.of(CLASSES), secondBias))
        .node("scores", new Gemm(1, 1, false, true), "means", "head", "head bias");
  }

  /** The score is linear: the sum of gradients times activations; of several, the first. */
  @Override
  public ModelProbe constant(double[] activations, double[] gradients) {
    GraphBuilder network = begin().node("layer", new Unary.Identity(), "seen");
    if (needs.contains(Need.LINEAR_HEAD)) {
      pooledHead(network, i -> i);
    } else if (needs.contains(Need.ATTENTION)) {
      attention(network, i -> i);
    } else {
      double[] rows = new double[CLASSES * gradients.length];
      System.arraycopy(gradients, 0, rows, 0, gradients.length);
      network
          .constant("rows", Tensor.of(Shape.of(CLASSES, gradients.length), rows))
          .node("flat", new Reshape(Shape.of(1, gradients.length)), "layer")
          .node("scores", new Gemm(1, 1, false, true), "flat", "rows");
    }
    return probe(network.build("scores"), activations);
  }

  private static GraphBuilder begin() {
    List<Integer> one = List.of(1, 1);
    List<Integer> none = List.of(0, 0);
    // Changes nothing, but says which axis holds channels.
    return new GraphBuilder()
        .input("image", new TensorType(ElementType.FLOAT64, INPUT))
        .node("seen", new AveragePool(one, one, one, none, none, false, false), "image");
  }

  private static ModelProbe probe(ModelGraph graph, double[] values) {
    return StandardProbe.of(
            new ReferenceBackend().load(graph, LoadOptions.DEFAULT.with(Precision.FLOAT64)))
        .inputs(Map.of("image", Tensor.of(INPUT, values.clone())))
        .target(Target.ofClass(0))
        .build();
  }
}
