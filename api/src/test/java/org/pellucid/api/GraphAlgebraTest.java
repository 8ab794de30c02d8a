package org.pellucid.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.gradient.GraphRecorder;
import org.pellucid.graph.pass.Batching;
import org.pellucid.graph.pass.FeatureMapAxes;

/** What is taken down as a graph computes what is computed on arrays. */
class GraphAlgebraTest {
  private static final int SAMPLES = 2;
  private static final int MAPS = 3;
  private static final int ROWS = 2;
  private static final int COLUMNS = 4;

  /** Where a layer's axes are. */
  private enum Layout {
    CHANNELS_FIRST(new FeatureMapAxes(0, 1, List.of(2, 3)), SAMPLES, MAPS, ROWS, COLUMNS),
    CHANNELS_LAST(new FeatureMapAxes(0, 3, List.of(1, 2)), SAMPLES, ROWS, COLUMNS, MAPS);

    private final FeatureMapAxes axes;
    private final Shape shape;

    Layout(FeatureMapAxes axes, int... dims) {
      this.axes = axes;
      this.shape = Shape.of(dims);
    }

    private int index(int sample, int map, int cell) {
      int cells = ROWS * COLUMNS;
      return this == CHANNELS_FIRST
          ? (sample * MAPS + map) * cells + cell
          : (sample * cells + cell) * MAPS + map;
    }

    private double[] sample(Tensor batch, int sample) {
      boolean perMap = batch.shape().dim(axes.channelAxis()) == 1;
      double[] values = new double[(perMap ? 1 : MAPS) * ROWS * COLUMNS];
      for (int i = 0; i < values.length; i++) {
        int map = i / (ROWS * COLUMNS);
        int cell = i % (ROWS * COLUMNS);
        values[i] = batch.get(perMap ? sample * ROWS * COLUMNS + cell : index(sample, map, cell));
      }
      return values;
    }
  }

  /** Every operation, on two fields: everything meets everything that it broadcasts over. */
  private static <T> T formula(Algebra<T> algebra, T a, T g) {
    T scale = algebra.scaleOf(g);
    T squares = algebra.mul(algebra.div(g, scale), algebra.mul(g, scale));
    T perMap = algebra.sub(algebra.sumCells(a), algebra.meanCells(squares));
    T chosen =
        algebra.where(
            algebra.greater(g, algebra.constant(0.25)),
            algebra.relu(algebra.mul(perMap, a)),
            algebra.abs(g));
    return algebra.add(
        algebra.sumMaps(algebra.mul(chosen, algebra.constant(1))),
        algebra.mul(algebra.constant(1e-6), algebra.sumMaps(a)));
  }

  private static ModelGraph graph(Layout layout, ElementType type) {
    TensorType layer = new TensorType(type, layout.shape);
    GraphRecorder recorder =
        new GraphRecorder(
            ModelGraph.of(Map.of("a", layer, "g", layer), Map.of(), List.of(), List.of(), Map.of()),
            "formula");
    GraphAlgebra algebra = new GraphAlgebra(recorder, "a", layout.axes);
    recorder.output("map", formula(algebra, "a", "g"));
    return recorder.graph();
  }

  private static Tensor random(Random random, Shape shape) {
    return Tensor.of(shape, random.doubles(shape.size(), -1, 1).toArray());
  }

  @ParameterizedTest
  @EnumSource
  void nodesComputeForEachSampleWhatArraysDo(Layout layout) {
    Random random = new Random(3);
    ModelGraph graph = graph(layout, ElementType.FLOAT64);
    for (int run = 0; run < 5; run++) {
      Tensor a = random(random, layout.shape);
      Tensor g = random(random, layout.shape);
      Tensor map =
          new ReferenceInterpreter(graph).run(Map.of("a", a, "g", g), Set.of("map")).get("map");
      assertThat(map.shape()).isEqualTo(layout.shape.with(layout.axes.channelAxis(), 1));
      for (int sample = 0; sample < SAMPLES; sample++) {
        Field expected =
            formula(
                ArrayAlgebra.INSTANCE,
                new Field(MAPS, ROWS * COLUMNS, layout.sample(a, sample)),
                new Field(MAPS, ROWS * COLUMNS, layout.sample(g, sample)));
        double largest = Arrays.stream(expected.values()).map(Math::abs).max().orElseThrow();
        // Sums run in another order, and the scale is not a power of two.
        assertThat(layout.sample(map, sample))
            .usingComparatorWithPrecision(1e-13 * largest)
            .containsExactly(expected.values());
      }
    }
  }

  @Test
  void anyNumberOfSamplesMayTravelTogether() {
    Batching batching = Batching.of(graph(Layout.CHANNELS_LAST, ElementType.FLOAT32));
    assertThat(batching.obstacle()).isEmpty();
    assertThat(batching.at(5).type("map").shape()).isEqualTo(Shape.of(5, ROWS, COLUMNS, 1));
  }

  @Test
  void theScaleOfNothingIsOne() {
    TensorType layer = new TensorType(ElementType.FLOAT32, Shape.of(1, 1, 1, 2));
    GraphRecorder recorder =
        new GraphRecorder(
            ModelGraph.of(Map.of("g", layer), Map.of(), List.of(), List.of(), Map.of()), "test");
    recorder.output(
        "scale", new GraphAlgebra(recorder, "g", Layout.CHANNELS_FIRST.axes).scaleOf("g"));
    ReferenceInterpreter interpreter = new ReferenceInterpreter(recorder.graph());
    Tensor nothing = Tensor.of(layer.shape(), new float[2]);
    Tensor something = Tensor.of(layer.shape(), 0.5f, -3f);
    assertThat(interpreter.run(Map.of("g", nothing), Set.of("scale")).get("scale").get(0))
        .isEqualTo(1);
    assertThat(interpreter.run(Map.of("g", something), Set.of("scale")).get("scale").get(0))
        .isEqualTo(3);
  }

  @Test
  void multiplyingByOneTakesNothingDown() {
    TensorType layer = new TensorType(ElementType.FLOAT32, Shape.of(1, 1, 1, 2));
    GraphRecorder recorder =
        new GraphRecorder(
            ModelGraph.of(Map.of("a", layer), Map.of(), List.of(), List.of(), Map.of()), "test");
    GraphAlgebra algebra = new GraphAlgebra(recorder, "a", Layout.CHANNELS_FIRST.axes);
    assertThat(algebra.mul("a", algebra.constant(1))).isEqualTo("a");
    assertThat(algebra.mul(algebra.constant(1), "a")).isEqualTo("a");
    assertThat(recorder.graph().nodes()).isEmpty();
  }

  @Test
  void aLayerIsFloating() {
    TensorType layer = new TensorType(ElementType.INT64, Shape.of(1, 1, 1, 2));
    GraphRecorder recorder =
        new GraphRecorder(
            ModelGraph.of(Map.of("a", layer), Map.of(), List.of(), List.of(), Map.of()), "test");
    assertThatThrownBy(() -> new GraphAlgebra(recorder, "a", Layout.CHANNELS_FIRST.axes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("int64");
  }
}
