package org.pellucid.graph.op;

import java.util.Arrays;
import java.util.List;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;

/**
 * Convolution (cross-correlation) over 1 to 3 spatial axes, as ONNX defines Conv. Inputs: x [N, C,
 * spatial...], weight [M, C/groups, kernel...], optionally bias [M].
 *
 * @param strides step per spatial axis
 * @param dilations distance of kernel elements per spatial axis
 * @param padsBegin zeros before, per spatial axis
 * @param padsEnd zeros after, per spatial axis
 * @param groups number of groups; C and M are multiples
 */
public record Conv(
    List<Integer> strides,
    List<Integer> dilations,
    List<Integer> padsBegin,
    List<Integer> padsEnd,
    int groups)
    implements Unfinished {
  /** Copies the lists. */
  public Conv {
    strides = List.copyOf(strides);
    dilations = List.copyOf(dilations);
    padsBegin = List.copyOf(padsBegin);
    padsEnd = List.copyOf(padsEnd);
  }

  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 2, 3);
    ElementType type = Inputs.floating(this, inputs);
    Shape x = inputs.get(0).shape();
    Shape weight = inputs.get(1).shape();
    Inputs.require(
        x.rank() >= 3 && weight.rank() == x.rank(),
        this,
        "x [N, C, spatial...] and a weight [M, C/groups, kernel...] of the same rank",
        inputs);
    Inputs.require(groups >= 1, this, "at least one group", groups);
    Inputs.require(
        x.dim(1) == weight.dim(1) * groups && weight.dim(0) % groups == 0,
        this,
        "x of C and a weight of [M, C/" + groups + "] channels, C and M multiples of the groups",
        inputs);
    Inputs.require(
        inputs.size() == 2 || inputs.get(2).shape().equals(Shape.of(weight.dim(0))),
        this,
        "a bias of shape [" + weight.dim(0) + "]",
        inputs);
    return new TensorType(type, windows(inputs.get(0), weight).output(x.dim(0), weight.dim(0)));
  }

  private Windows windows(TensorType x, Shape weight) {
    List<Integer> kernel = Arrays.stream(weight.dims()).skip(2).boxed().toList();
    return new Windows(this, x, kernel, strides, dilations, padsBegin, padsEnd, false);
  }
}
