package org.pellucid.graph.pass;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Unary;

/** What stands before taps, what after them, and what goes from one part to the other. */
class TapSplitTest {
  /** A residual block between two nodes, a second output beside it, and a node nobody needs. */
  private static final ModelGraph GRAPH =
      new GraphBuilder()
          .input("x", 1, 2, 4, 4)
          .constant("w", 1, 2, 1, 1)
          .node("stem", new Unary.Relu(), "x")
          .node("a", new Unary.Sigmoid(), "stem")
          .node("b", new Binary.Mul(), "a", "w")
          .node("sum", new Binary.Add(), "b", "stem")
          .node("beside", new Unary.Neg(), "stem")
          .node("dead", new Unary.Neg(), "a")
          .node("end", new Unary.Relu(), "sum")
          .outputs("end", "beside");

  @Test
  void what_bypasses_a_tap_and_outputs_before_it_cross() {
    TapSplit split = TapSplit.at(GRAPH, Set.of("a"));
    assertThat(split.prefix()).containsExactly("stem", "a", "beside");
    assertThat(split.suffix()).containsExactly("b", "sum", "end");
    assertThat(split.frontier()).containsExactlyInAnyOrder("a", "stem", "beside");
  }

  @Test
  void taps_that_depend_on_other_taps_are_in_the_suffix() {
    TapSplit split = TapSplit.at(GRAPH, List.of("sum", "a"));
    assertThat(split.suffix()).containsExactly("b", "sum", "end");
    assertThat(split.frontier()).containsExactlyInAnyOrder("a", "stem", "beside");
    assertThat(TapSplit.at(GRAPH, Set.of("sum")).frontier())
        .containsExactlyInAnyOrder("sum", "beside");
  }

  @Test
  void before_an_input_there_is_nothing() {
    TapSplit split = TapSplit.at(GRAPH, Set.of("x"));
    assertThat(split.prefix()).isEmpty();
    assertThat(split.suffix()).containsExactly("stem", "a", "b", "sum", "beside", "end");
    assertThat(split.frontier()).containsExactly("x");
  }

  @Test
  void without_taps_all_is_suffix() {
    TapSplit split = TapSplit.at(GRAPH, Set.of());
    assertThat(split.prefix()).isEmpty();
    assertThat(split.suffix()).containsExactly("stem", "a", "b", "sum", "beside", "end");
    assertThat(split.frontier()).containsExactly("x");
  }

  @Test
  void a_tap_nothing_depends_on_is_kept() {
    TapSplit split = TapSplit.at(GRAPH, Set.of("dead"));
    assertThat(split.prefix()).contains("dead", "end");
    assertThat(split.suffix()).isEmpty();
    assertThat(split.frontier()).containsExactlyInAnyOrder("dead", "end", "beside");
  }
}
