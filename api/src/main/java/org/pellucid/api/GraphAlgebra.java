package org.pellucid.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Recorder;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Terms;
import org.pellucid.graph.op.Unary;
import org.pellucid.graph.pass.FeatureMapAxes;

/**
 * Takes computations down as nodes of a graph. A value is the name of a tensor: with the axes of
 * the layer that everything is computed from, samples included, where the axis of the feature maps
 * or those of space may have length 1; or without axes, for a {@link #constant}. All samples are
 * computed alike, each on its own. Truths are 0 and 1 of the layer's element type.
 *
 * @since 0.1.0
 */
public final class GraphAlgebra implements Algebra<String> {
  private final Recorder recorder;
  private final Terms terms;
  private final FeatureMapAxes axes;
  private final ElementType type;
  private final Map<Double, String> constants = new HashMap<>();

  /**
   * An algebra for values that are computed from a layer.
   *
   * @param layer a floating tensor that the recorder knows, with feature maps
   * @param axes which of its axes are what
   */
  public GraphAlgebra(Recorder recorder, String layer, FeatureMapAxes axes) {
    TensorType layerType = recorder.type(layer);
    if (!layerType.elementType().isFloating()) {
      throw new IllegalArgumentException(
          "Feature maps are floating numbers; \"" + layer + "\" is " + layerType);
    }
    this.recorder = recorder;
    this.terms = new Terms(recorder);
    this.axes = axes;
    this.type = layerType.elementType();
  }

  /** One number, rounded to the layer's element type. */
  @Override
  public String constant(double value) {
    return constants.computeIfAbsent(
        value, number -> recorder.constant(Tensor.of(Shape.of(), number).cast(type)));
  }

  @Override
  public String add(String a, String b) {
    return terms.add(a, b);
  }

  @Override
  public String sub(String a, String b) {
    return terms.sub(a, b);
  }

  /** a b; nothing is taken down where one of them is the number 1. */
  @Override
  public String mul(String a, String b) {
    String one = constants.get(1.0);
    if (a.equals(one)) {
      return b;
    }
    return b.equals(one) ? a : terms.mul(a, b);
  }

  @Override
  public String div(String a, String b) {
    return terms.div(a, b);
  }

  @Override
  public String relu(String a) {
    return terms.relu(a);
  }

  @Override
  public String abs(String a) {
    return terms.apply(new Unary.Abs(), a);
  }

  @Override
  public String greater(String a, String b) {
    return recorder.node(new Cast(type), recorder.node(new Binary.Greater(), a, b));
  }

  @Override
  public String where(String condition, String a, String b) {
    return terms.where(recorder.node(new Binary.Equal(), condition, constant(0)), b, a);
  }

  @Override
  public String sumCells(String a) {
    return isNumber(a) ? a : recorder.node(new Reduce.ReduceSum(axes.spatialAxes(), true), a);
  }

  @Override
  public String meanCells(String a) {
    return isNumber(a) ? a : recorder.node(new Reduce.ReduceMean(axes.spatialAxes(), true), a);
  }

  @Override
  public String sumMaps(String a) {
    return isNumber(a)
        ? a
        : recorder.node(new Reduce.ReduceSum(List.of(axes.channelAxis()), true), a);
  }

  /** The largest magnitude of each sample. */
  @Override
  public String scaleOf(String a) {
    String magnitudes = abs(a);
    List<Integer> all = new ArrayList<>(axes.spatialAxes());
    all.add(axes.channelAxis());
    all.sort(null);
    String largest =
        isNumber(a) ? magnitudes : recorder.node(new Reduce.ReduceMax(all, true), magnitudes);
    String positive = recorder.node(new Binary.Greater(), largest, constant(0));
    return terms.where(positive, largest, constant(1));
  }

  private boolean isNumber(String value) {
    return recorder.type(value).shape().rank() == 0;
  }
}
