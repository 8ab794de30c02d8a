package org.pellucid.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.pellucid.graph.op.Values.bools;
import static org.pellucid.graph.op.Values.doubles;
import static org.pellucid.graph.op.Values.floats;
import static org.pellucid.graph.op.Values.longs;
import static org.pellucid.graph.op.Values.shape;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Operation;
import org.pellucid.graph.TensorType;

class ShapeRuleTest {
  private static final List<Integer> ONES = List.of(1, 1);
  private static final List<Integer> ZEROS = List.of(0, 0);

  private static Conv conv(int groups) {
    return new Conv(ONES, ONES, ZEROS, ZEROS, groups);
  }

  private static MaxPool maxPool(int kernel, int pad) {
    List<Integer> pads = List.of(pad, pad);
    return new MaxPool(List.of(kernel, kernel), ONES, ONES, pads, pads, false);
  }

  private static Arguments refuse(Operation operation, String reason, TensorType... inputs) {
    return Arguments.of(operation, List.of(inputs), reason);
  }

  static Stream<Arguments> refusals() {
    TensorType image = floats(1, 4, 5, 5);
    return Stream.of(
        refuse(new Unary.Relu(), "1 input(s), found 2", image, image),
        refuse(new Unary.Relu(), "numbers, found bool[2]", bools(2)),
        refuse(new Unary.Exp(), "a floating input, found int64[2]", longs(2)),
        refuse(new Unary.Not(), "bool, found float32[2]", floats(2)),
        refuse(new Binary.Add(), "one element type", floats(2), doubles(2)),
        refuse(new Binary.Add(), "[2] and [3] do not broadcast", floats(2), floats(3)),
        refuse(new Binary.Add(), "numbers", bools(2), bools(2)),
        refuse(new Binary.Less(), "numbers", bools(2), bools(2)),
        refuse(new Binary.And(), "bool", floats(2), floats(2)),
        refuse(new Where(), "condition of type bool", floats(2), floats(2), floats(2)),
        refuse(new Where(), "one element type", bools(2), floats(2), longs(2)),
        refuse(conv(1), "2 to 3 input(s), found 1", image),
        refuse(conv(1), "channels", image, floats(2, 3, 3, 3)),
        refuse(conv(3), "channels", image, floats(2, 4, 3, 3)),
        refuse(conv(1), "same rank", image, floats(2, 4, 3)),
        refuse(conv(1), "bias of shape [2]", image, floats(2, 4, 3, 3), floats(3)),
        refuse(conv(1), "one window of 6 on spatial axis 0", image, floats(2, 4, 6, 1)),
        refuse(conv(1), "strides for 3 axes", floats(1, 1, 4, 4, 4), floats(1, 1, 2, 2, 2)),
        refuse(maxPool(2, 2), "padding narrower than the window of 2", image),
        refuse(maxPool(0, 0), "kernel lengths of at least 1", image),
        refuse(maxPool(2, 0), "[N, C, spatial...]", floats(1, 4)),
        refuse(maxPool(2, 0), "floating inputs", longs(1, 1, 4, 4)),
        refuse(
            new BatchNormalization(1e-5),
            "of shape [4]",
            image,
            floats(4),
            floats(4),
            floats(4),
            floats(1)),
        refuse(new Lrn(0, 1, 1, 1), "at least one channel", image),
        refuse(new Gemm(1, 1, false, false), "rank 2", floats(1, 2, 2), floats(2, 2)),
        refuse(new Gemm(1, 1, true, false), "of one depth", floats(2, 3), floats(3, 4)),
        refuse(
            new Gemm(1, 1, false, false), "to [2, 4]", floats(2, 3), floats(3, 4), floats(5, 2, 4)),
        refuse(new MatMul(), "of one depth", floats(2, 3), floats(4, 3)),
        refuse(new MatMul(), "rank 1 at least", floats(), floats(1)),
        refuse(new Softmax(2), "has axis 2, found float32[2, 3]", floats(2, 3)),
        refuse(new LogSoftmax(-1), "has axis -1", floats(2, 3)),
        refuse(new Standardize(List.of(), 0), "at least one axis", floats(2)),
        refuse(new Reduce.ReduceSum(List.of(4), true), "has axis 4", image),
        refuse(new Reduce.ReduceSum(List.of(), true), "at least one axis", image),
        refuse(new ArgMax(1, true, false), "not empty", floats(2, 0)),
        refuse(new Concat(1), "differ on axis 1 only", floats(2, 3), floats(3, 3)),
        refuse(new Concat(1), "differ on axis 1 only", floats(2, 3), floats(2)),
        refuse(new Gather(0), "indices of type int64", floats(2), floats(1)),
        refuse(new Reshape(shape(2, 3)), "6 elements for [2, 3], found float32[5]", floats(5)),
        refuse(new Expand(shape(2, 3)), "broadcasts to [2, 3]", floats(3, 1, 3)),
        refuse(new Transpose(List.of(0, 0)), "once, found [0, 0]", floats(2, 2)),
        refuse(new Tile(List.of(0)), "repeats of at least 1", floats(2)),
        refuse(new Tile(List.of(1)), "repeats for 2 axes", floats(2, 2)),
        refuse(
            new Slice(List.of(1), List.of(3), List.of(1)),
            "inside axis 0 of float32[3], found 3 from 1 in steps of 1",
            floats(3)),
        refuse(new Slice(List.of(1), List.of(1), List.of(0)), "in steps of 0", floats(3)),
        refuse(new Pad(List.of(3), List.of(0), Pad.Mode.REFLECT, 0), "mode REFLECT", floats(3)),
        refuse(new Pad(List.of(-1), List.of(0), Pad.Mode.CONSTANT, 0), "at least 0", floats(3)));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void refusesWhatDoesNotFit(Operation operation, List<TensorType> inputs, String reason) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> operation.infer(inputs))
        .withMessageContaining(reason);
  }

  @Test
  void floatsStayAsWideAsTheyAre() {
    assertThat(conv(2).infer(List.of(floats(3, 4, 5, 5), floats(6, 2, 3, 2), floats(6))))
        .isEqualTo(floats(3, 6, 3, 4));
    assertThat(conv(2).infer(List.of(doubles(3, 4, 5, 5), doubles(6, 2, 3, 2))))
        .isEqualTo(doubles(3, 6, 3, 4));
    assertThat(new Binary.Add().infer(List.of(longs(2, 1), longs(3)))).isEqualTo(longs(2, 3));
    assertThat(new Binary.Less().infer(List.of(longs(2, 1), longs(3)))).isEqualTo(bools(2, 3));
    assertThat(new Cast(ElementType.INT64).infer(List.of(floats(2)))).isEqualTo(longs(2));
    assertThat(new Where().infer(List.of(bools(2, 1), doubles(3), doubles())))
        .isEqualTo(doubles(2, 3));
  }

  @Test
  void theListsOfARecordAreItsOwn() {
    List<Integer> permutation = new ArrayList<>(List.of(1, 0));
    Transpose transpose = new Transpose(permutation);
    permutation.set(0, 7);
    assertThat(transpose).isEqualTo(new Transpose(List.of(1, 0)));
  }
}
