package org.pellucid.graph.pass;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Standardize;
import org.pellucid.graph.op.Transpose;
import org.pellucid.graph.op.Unary;

/** The axes of feature maps are known wherever the network keeps them, in either layout. */
class LayoutsTest {
  private static final FeatureMapAxes FIRST = new FeatureMapAxes(0, 1, List.of(2, 3));
  private static final FeatureMapAxes LAST = new FeatureMapAxes(0, 3, List.of(1, 2));
  private static final Conv POINTWISE =
      new Conv(List.of(1, 1), List.of(1, 1), List.of(0, 0), List.of(0, 0), 1);

  @Test
  void a_channels_last_model_is_tracked_through_its_transposes() {
    Layouts layouts =
        Layouts.of(
            new GraphBuilder()
                .input("image", 1, 8, 8, 3)
                .constant("w", 5, 3, 1, 1)
                .constant("mean", 3)
                .node("centred", new Binary.Sub(), "image", "mean")
                .node("first", new Transpose(List.of(0, 3, 1, 2)), "centred")
                .node("conv", POINTWISE, "first", "w")
                .node("last", new Transpose(List.of(0, 2, 3, 1)), "conv")
                .node("relu", new Unary.Relu(), "last")
                .node("pooled", new Reduce.ReduceMean(List.of(1, 2), false), "relu")
                .outputs("pooled"));
    assertThat(layouts.of("image")).contains(LAST);
    assertThat(layouts.of("centred")).contains(LAST);
    assertThat(layouts.of("conv")).contains(FIRST);
    assertThat(layouts.of("relu")).contains(LAST);
    assertThat(layouts.of("pooled")).isEmpty();
  }

  @Test
  void a_dense_block_on_the_last_axis_keeps_its_maps() {
    Layouts layouts =
        Layouts.of(
            new GraphBuilder()
                .input("image", 1, 3, 8, 8)
                .constant("w", 4, 3, 1, 1)
                .constant("dense", 4, 16)
                .node("conv", POINTWISE, "image", "w")
                .node("last", new Transpose(List.of(0, 2, 3, 1)), "conv")
                .node("norm", new Standardize(List.of(3), 1e-6), "last")
                .node("wide", new MatMul(), "norm", "dense")
                .node("gelu", new Unary.Gelu(false), "wide")
                .node("first", new Transpose(List.of(0, 3, 1, 2)), "gelu")
                .outputs("first"));
    assertThat(layouts.of("gelu")).contains(LAST);
    assertThat(layouts.of("first")).contains(FIRST);
  }

  @Test
  void a_dense_block_between_reshapes_keeps_its_maps() {
    GraphBuilder network =
        new GraphBuilder()
            .input("image", 1, 3, 8, 6)
            .constant("w", 4, 3, 1, 1)
            .constant("dense", 4, 16)
            .constant("bias", 16)
            .node("conv", POINTWISE, "image", "w")
            .node("last", new Transpose(List.of(0, 2, 3, 1)), "conv")
            .node("cells", new Reshape(Shape.of(48, 4)), "last")
            .node("wide", new MatMul(), "cells", "dense")
            .node("maps", new Reshape(Shape.of(1, 8, 6, 16)), "wide")
            .node("biased", new Binary.Add(), "maps", "bias")
            .node("turned", new Reshape(Shape.of(1, 6, 8, 16)), "wide");
    Layouts layouts = Layouts.of(network.outputs("biased", "turned"));
    assertThat(layouts.of("cells")).isEmpty();
    assertThat(layouts.of("maps")).contains(LAST);
    assertThat(layouts.of("biased")).contains(LAST);
    assertThat(layouts.of("turned")).isEmpty();
  }

  @Test
  void a_block_of_tokens_between_reshapes_keeps_its_maps() {
    Layouts layouts =
        Layouts.of(
            new GraphBuilder()
                .input("image", 1, 3, 8, 6)
                .constant("w", 4, 3, 1, 1)
                .constant("dense", 4, 16)
                .node("conv", POINTWISE, "image", "w")
                .node("last", new Transpose(List.of(0, 2, 3, 1)), "conv")
                .node("tokens", new Reshape(Shape.of(1, 48, 4)), "last")
                .node("wide", new MatMul(), "tokens", "dense")
                .node("gelu", new Unary.Gelu(false), "wide")
                .node("maps", new Reshape(Shape.of(1, 8, 6, 16)), "gelu")
                .node("turned", new Reshape(Shape.of(1, 6, 8, 16)), "gelu")
                .node("windows", new Reshape(Shape.of(4, 12, 4)), "last")
                .node("apart", new Reshape(Shape.of(1, 8, 6, 4)), "windows")
                .outputs("maps", "turned", "apart"));
    assertThat(layouts.of("tokens")).isEmpty();
    assertThat(layouts.of("maps")).contains(LAST);
    assertThat(layouts.of("turned")).isEmpty();
    assertThat(layouts.of("apart")).isEmpty();
  }

  @Test
  void what_a_convolution_reads_is_known_after_a_reshape() {
    Layouts layouts =
        Layouts.of(
            new GraphBuilder()
                .input("image", 1, 4, 8, 8)
                .constant("w", 4, 4, 1, 1)
                .node("conv", POINTWISE, "image", "w")
                .node("split", new Reshape(Shape.of(1, 2, 2, 8, 8)), "conv")
                .node("swap", new Transpose(List.of(0, 2, 1, 3, 4)), "split")
                .node("shuffled", new Reshape(Shape.of(1, 4, 8, 8)), "swap")
                .node("next", POINTWISE, "shuffled", "w")
                .outputs("next"));
    assertThat(layouts.of("split")).isEmpty();
    assertThat(layouts.of("shuffled")).contains(FIRST);
  }

  @Test
  void an_image_input_that_nothing_tells_about_is_guessed_by_its_colours() {
    assertThat(
            Layouts.of(
                    new GraphBuilder()
                        .input("image", 1, 8, 8, 3)
                        .node("y", new Reshape(Shape.of(1, 192)), "image")
                        .outputs("y"))
                .of("image"))
        .contains(LAST);
    assertThat(
            Layouts.of(
                    new GraphBuilder()
                        .input("image", 1, 3, 8, 8)
                        .node("y", new Reshape(Shape.of(1, 192)), "image")
                        .outputs("y"))
                .of("image"))
        .contains(FIRST);
  }
}
