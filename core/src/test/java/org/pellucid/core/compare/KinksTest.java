package org.pellucid.core.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.ArgMax;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Unary;

/** On which side of a kink units stand, and how far those that switched have moved. */
class KinksTest {
  private static Tensor row(double... values) {
    return Tensor.of(Shape.of(1, values.length), values);
  }

  private static Kinks.Switches compare(Operation operation, Tensor own, Tensor exact) {
    return Kinks.compare(operation, List.of(own), List.of(exact));
  }

  private static void assertOne(Kinks.Switches found, double move) {
    assertThat(found.switched()).isEqualTo(1);
    assertThat(found.worst()).isCloseTo(move, within(1e-12));
  }

  @Test
  void a_relu_switches_at_zero_and_its_move_is_a_part_of_the_largest() {
    Tensor exact = row(-1e-3, 4, -3, 2);
    assertOne(compare(new Unary.Relu(), row(1e-3, 4.1, -2.9, 2), exact), 2e-3 / 4);
    assertThat(compare(new Unary.Relu(), row(-5, 1, -1, 9), exact).switched()).isZero();
    assertOne(compare(new Unary.LeakyRelu(0.1), row(1e-3, 4, -3, 2), exact), 2e-3 / 4);
  }

  @Test
  void what_has_two_bounds_switches_at_either() {
    Tensor exact = row(-0.1, 3, 5.9, 10);
    assertThat(compare(new Unary.Clip(0, 6), row(0.1, 3, 6.1, 10), exact).switched()).isEqualTo(2);
    // Slopes from -2.5 to 2.5.
    assertThat(compare(new Unary.HardSigmoid(0.2, 0.5), row(-2.6, 2.4), row(-2.4, 2.6)).switched())
        .isEqualTo(2);
    assertThat(compare(new Unary.HardSwish(), row(-3.1, 3.1), row(-2.9, 2.9)).switched())
        .isEqualTo(2);
  }

  @Test
  void a_pool_switches_where_another_element_is_taken() {
    MaxPool pool = new MaxPool(List.of(2), List.of(2), List.of(1), List.of(0), List.of(0), false);
    Tensor exact = Tensor.of(Shape.of(1, 1, 4), new double[] {1, 1.5, 8, 2});
    Tensor own = Tensor.of(Shape.of(1, 1, 4), new double[] {1.5, 1.4, 7, 2});
    // In double precision the element that was taken is 0.5 below the largest.
    assertOne(compare(pool, own, exact), 0.5 / 8);
    assertThat(compare(pool, exact, exact).switched()).isZero();
  }

  @Test
  void extremes_and_pairs_switch_where_the_order_changes() {
    Tensor exact = row(3, 2.9, -4);
    Kinks.Switches largest =
        compare(new Reduce.ReduceMax(List.of(1), false), row(2.9, 3, -4), exact);
    // One no longer is the largest, and one is now.
    assertThat(largest.switched()).isEqualTo(2);
    assertThat(largest.worst()).isCloseTo(0.1 / 4, within(1e-12));
    Kinks.Switches pairs =
        Kinks.compare(
            new Binary.Max(), List.of(row(1, 2.1), row(2, 2)), List.of(row(1, 1.9), row(2, 2)));
    assertOne(pairs, 0.2 / 2);
    assertOne(compare(new Unary.Abs(), row(0.1, 2), row(-0.1, 2)), 0.2 / 2);
    assertOne(compare(new Unary.Round(), row(0.6, 2), row(0.4, 2)), 0.2 / 2);
  }

  @Test
  void what_cannot_be_measured_is_no_rounding() {
    Kinks.Switches found = compare(new ArgMax(1, false, false), row(1, 2), row(2, 1));
    assertThat(found.switched()).isEqualTo(1);
    assertThat(found.worst()).isInfinite();
  }

  @Test
  void only_what_lies_between_the_layer_and_the_scores_is_looked_at() {
    assertThat(Kinks.between(PlantedNetwork.graph(), Set.of("layer"), "scores"))
        .extracting(Node::name)
        .containsExactly("relu2");
    assertThat(Kinks.between(PlantedNetwork.graph(), Set.of("conv"), "scores"))
        .extracting(Node::name)
        .containsExactly("relu", "relu2");
  }
}
