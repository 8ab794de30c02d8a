package org.pellucid.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.UnsupportedModelException;

/**
 * What reads between cells, puts windows back in their place, works on bits, or looks at nothing:
 * answers known by hand.
 */
class SamplingOperatorsTest {
  private static final float LOW = Float.NEGATIVE_INFINITY;

  @TempDir Path directory;

  /** A graph of one node; the first tensor is the input, others are constants, nulls left out. */
  private ModelGraph graph(int opset, String operator, List<Tensor> tensors, Object... attributes)
      throws IOException {
    OnnxModelBuilder model = new OnnxModelBuilder(opset);
    String[] names = new String[tensors.size()];
    for (int i = 0; i < names.length; i++) {
      Tensor value = tensors.get(i);
      names[i] = value == null ? "" : "x" + i;
      if (i == 0) {
        Object[] axes = Arrays.stream(value.shape().dims()).boxed().toArray();
        model.inputOf(OnnxModelBuilder.typeOf(value), "x0", axes);
      } else if (value != null) {
        model.initializer("x" + i, value);
      }
    }
    model.node("node", operator, List.of(names), List.of("y"), attributes).output("y");
    Path file = Files.write(directory.resolve("model.onnx"), model.bytes());
    return new OnnxImporter().read(file, ImportOptions.DEFAULT);
  }

  private Tensor run(int opset, String operator, List<Tensor> tensors, Object... attributes)
      throws IOException {
    ModelGraph graph = graph(opset, operator, tensors, attributes);
    return new ReferenceInterpreter(graph).run(Map.of("x0", tensors.get(0)), Set.of("y")).get("y");
  }

  private static void assertValues(Tensor found, double... expected) {
    assertThat(found.toDoubleArray()).containsExactly(expected, within(1e-6));
  }

  private static Tensor ramp(int... dims) {
    Shape shape = Shape.of(dims);
    float[] elements = new float[(int) shape.size()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = i;
    }
    return Tensor.of(shape, elements);
  }

  private static Tensor list(long... elements) {
    return Tensor.of(Shape.of(elements.length), elements);
  }

  /** On a ramp, the mean of samples is the value in the middle of a bin. */
  @Test
  void boxesReadBetweenCells() throws IOException {
    Tensor map = ramp(1, 1, 5, 6);
    Tensor box = Tensor.of(Shape.of(1, 4), 1f, 1f, 4f, 3f);
    for (int samples : new int[] {0, 1, 3}) {
      Tensor found =
          run(
              16,
              "RoiAlign",
              List.of(map, box, list(0)),
              "output_width",
              3,
              "sampling_ratio",
              samples);
      // Rows 0.5 to 2.5, columns 0.5 to 3.5: the middles are (1.5, 1), (1.5, 2), (1.5, 3).
      assertThat(found.shape()).isEqualTo(Shape.of(1, 1, 1, 3));
      assertValues(found, 10, 11, 12);
    }
    assertValues(
        run(
            16,
            "RoiAlign",
            List.of(map, box, list(0)),
            "coordinate_transformation_mode",
            "output_half_pixel",
            "sampling_ratio",
            1,
            "spatial_scale",
            0.5f),
        // From (0.5, 0.5), 1 high and 1.5 wide.
        6 * 1 + 1.25);
    assertThatThrownBy(() -> run(16, "RoiAlign", List.of(map, box, list(0, 0))))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("do not fit");
    OnnxModelBuilder moving =
        new OnnxModelBuilder(16)
            .input("x", 1, 1, 4, 4)
            .input("boxes", 2, 4)
            .initializer("samples", list(0, 0))
            .node("RoiAlign", List.of("x", "boxes", "samples"), List.of("y"))
            .output("y");
    Path file = Files.write(directory.resolve("moving.onnx"), moving.bytes());
    assertThatThrownBy(() -> new OnnxImporter().read(file, ImportOptions.DEFAULT))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("depends on boxes that depend on the input data");
  }

  @Test
  void deformedWithoutOffsetsIsAConvolution() throws IOException {
    Tensor x = ramp(1, 2, 4, 5);
    Tensor weight = ramp(3, 1, 2, 3);
    Object[] attributes = {"group", 2, "pads", new int[] {1, 0, 0, 1}, "strides", new int[] {1, 2}};
    Tensor weights = Tensor.of(Shape.of(2, 1, 2, 3), Arrays.copyOf(weight.toFloatArray(), 12));
    Tensor none = Tensor.of(Shape.of(1, 12, 4, 2), new float[96]);
    Tensor plain = run(11, "Conv", List.of(x, weights), attributes);
    Tensor found = run(19, "DeformConv", List.of(x, weights, none), attributes);
    assertThat(found.shape()).isEqualTo(plain.shape());
    assertValues(found, plain.toDoubleArray());
    // Half a cell further down and right, on a ramp: 0.5 * 5 + 0.5 more under each weight.
    Tensor one = Tensor.of(Shape.of(1, 1, 1, 1), 2f);
    Tensor half = Tensor.of(Shape.of(1, 2, 3, 4), new float[24]);
    float[] moved = half.toFloatArray();
    Arrays.fill(moved, 0.5f);
    Tensor mask = Tensor.of(Shape.of(1, 1, 3, 4), new float[12]);
    float[] counts = mask.toFloatArray();
    Arrays.fill(counts, 0.25f);
    Tensor image = ramp(1, 1, 3, 4);
    Tensor shifted =
        run(
            19,
            "DeformConv",
            List.of(
                image,
                one,
                Tensor.of(half.shape(), moved),
                Tensor.of(Shape.of(1), 1f),
                Tensor.of(mask.shape(), counts)));
    assertThat(shifted.get(0)).isCloseTo(1 + 0.25 * 2 * 2.5, within(1e-6));
    assertThatThrownBy(() -> run(19, "DeformConv", List.of(image, one, ramp(1, 2, 2, 4))))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("its offsets should be [1, 2, 3, 4], found [1, 2, 2, 4]");
  }

  @Test
  void windowsGoBackToTheirPlace() throws IOException {
    // Blocks of two that overlap: each inner place is in two of them.
    Tensor columns = Tensor.of(Shape.of(1, 2, 3), 1f, 2f, 3f, 10f, 20f, 30f);
    assertValues(run(18, "Col2Im", List.of(columns, list(1, 4), list(1, 2))), 1, 12, 23, 30);
    assertThatThrownBy(() -> run(18, "Col2Im", List.of(columns, list(1, 5), list(1, 2))))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("do not fit [1, 4] blocks of [1, 2] in an image of [1, 5]");

    Tensor x = Tensor.of(Shape.of(1, 1, 2), 5f, 7f);
    Object[] pairs = {"kernel_shape", new int[] {2}, "strides", new int[] {2}};
    Tensor places = Tensor.of(x.shape(), 1L, 2L);
    assertValues(run(9, "MaxUnpool", List.of(x, places), pairs), 0, 5, 7, 0);
    assertValues(run(9, "MaxUnpool", List.of(x, places, list(1, 1, 5)), pairs), 0, 5, 7, 0, 0);
    // Two windows that have taken the same element.
    Tensor same = Tensor.of(x.shape(), 1L, 1L);
    Tensor alike = Tensor.of(x.shape(), 5f, 5f);
    assertValues(run(9, "MaxUnpool", List.of(alike, same), "kernel_shape", new int[] {2}), 0, 5, 0);
  }

  @Test
  void productsAndSumsRun() throws IOException {
    Tensor x = Tensor.of(Shape.of(5), 2f, -1f, 3f, 0f, 4f);
    assertValues(run(26, "CumProd", List.of(x, Tensor.scalar(0L))), 2, -2, -6, 0, 0);
    assertValues(
        run(26, "CumProd", List.of(x, Tensor.scalar(0L)), "exclusive", 1, "reverse", 1),
        0,
        0,
        0,
        4,
        1);
    assertValues(
        run(14, "CumSum", List.of(list(1, 2, 3, 4), Tensor.scalar(0L)), "reverse", 1), 10, 9, 7, 4);
  }

  /** A constant is all in frequency 0, and comes back. */
  @Test
  void frequencies() throws IOException {
    Tensor ones = Tensor.of(Shape.of(1, 4, 1), 1f, 1f, 1f, 1f);
    assertValues(run(17, "DFT", List.of(ones)), 4, 0, 0, 0, 0, 0, 0, 0);
    Tensor half = Tensor.of(Shape.of(1, 3, 2), 4f, 0f, 0f, 0f, 0f, 0f);
    assertValues(run(20, "DFT", List.of(half), "inverse", 1, "onesided", 1), 1, 1, 1, 1);
  }

  @Test
  void whatSeesNothingIsZero() throws IOException {
    Tensor q = Tensor.of(Shape.of(1, 1, 3, 1), new float[3]);
    Tensor v = Tensor.of(Shape.of(1, 1, 3, 1), 1f, 2f, 4f);
    Tensor truths = Tensor.of(Shape.of(3, 3), 1L, 0, 1, 0, 0, 0, 0, 1, 0).cast(ElementType.BOOL);
    assertValues(run(23, "Attention", List.of(q, q, v, truths)), 2.5, 0, 2);
    Tensor infinite = Tensor.of(Shape.of(3, 3), 0f, LOW, 0f, LOW, LOW, LOW, LOW, 0f, LOW);
    assertValues(run(23, "Attention", List.of(q, q, v, infinite)), 2.5, 0, 2);
    // With a causal mask, the last row alone sees something.
    Tensor late = Tensor.of(Shape.of(3, 3), LOW, 0f, 0f, LOW, LOW, 0f, LOW, 0f, 0f);
    assertValues(
        run(23, "Attention", List.of(q, q, v, late), "is_causal", 1, "softcap", 1f), 0, 0, 3);
  }

  @Test
  void integersKeepTheirLowerBits() throws IOException {
    Tensor x = list(-9, 200, 7, 16);
    assertValues(cast(x, OnnxDataType.INT8), -9, -56, 7, 16);
    assertValues(cast(x, OnnxDataType.UINT8), 247, 200, 7, 16);
    assertValues(cast(x, OnnxDataType.INT4), 7, -8, 7, 0);
    assertValues(cast(x, OnnxDataType.UINT4), 7, 8, 7, 0);
    Tensor reals = Tensor.of(Shape.of(4), -9.5f, 7.9f, 3f, -1f);
    assertValues(cast(reals, OnnxDataType.INT4), 7, 7, 3, -1);
    assertValues(cast(reals, OnnxDataType.UINT4), 7, 7, 3, 15);
    assertThatThrownBy(() -> run(18, "BitwiseNot", List.of(x)))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("works on the bits of integers that depend on the model's input");
  }

  private Tensor cast(Tensor x, OnnxDataType type) throws IOException {
    return run(21, "Cast", List.of(x), "to", type.code());
  }

  /** A mask is no weight: nothing but zeros and -Infinity. */
  @Test
  void masksMayBeInfinite() throws IOException {
    Tensor x = Tensor.of(Shape.of(3), 1f, 2f, 3f);
    assertThat(run(13, "Add", List.of(x, Tensor.of(Shape.of(3), 0f, LOW, 0f))).get(1))
        .isEqualTo(Double.NEGATIVE_INFINITY);
    for (float other : new float[] {1, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> run(13, "Add", List.of(x, Tensor.of(Shape.of(3), LOW, other, 0f))))
          .isInstanceOf(MalformedInputException.class)
          .hasMessageContaining("weights must be finite numbers, but for masks of 0 and -Infinity");
    }
  }
}
