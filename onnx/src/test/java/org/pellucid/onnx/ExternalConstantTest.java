package org.pellucid.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Conv;

class ExternalConstantTest {
  private static final Conv POINTWISE =
      new Conv(List.of(1, 1), List.of(1, 1), List.of(0, 0), List.of(0, 0), 1);

  @TempDir Path directory;

  private static Node node(String output, Operation operation, String... inputs) {
    return new Node(output, operation, List.of(inputs), output, "");
  }

  private static Tensor ones(int... dims) {
    Shape shape = Shape.of(dims);
    float[] ones = new float[Math.toIntExact(shape.size())];
    Arrays.fill(ones, 1);
    return Tensor.of(shape, ones);
  }

  @Test
  void constantsAreFiltersWhereOnlyConvolutionsReadThemAsThat() throws IOException {
    Map<String, Tensor> constants = new LinkedHashMap<>();
    constants.put("filter", ones(2, 2, 1, 1));
    constants.put("bias", ones(2));
    constants.put("picture", ones(1, 2, 1, 1));
    constants.put("both", ones(2, 2, 1, 1));
    ModelGraph graph =
        ModelGraph.of(
            Map.of("x", new TensorType(ElementType.FLOAT32, Shape.of(1, 2, 1, 1))),
            constants,
            List.of(
                node("a", POINTWISE, "x", "filter", "bias"),
                node("b", POINTWISE, "picture", "filter"),
                node("c", POINTWISE, "a", "both"),
                node("d", new Binary.Add(), "c", "both"),
                node("e", new Binary.Add(), "d", "b")),
            List.of("e"),
            Map.of());
    Path model = directory.resolve("model.onnx");
    Files.write(model, OnnxWriter.detached(graph, WriteOptions.DEFAULT, 8).model());

    List<ExternalConstant> found = ExternalConstant.of(model);

    assertThat(found)
        .extracting(ExternalConstant::name)
        .containsExactlyInAnyOrder("filter", "bias", "picture", "both");
    for (ExternalConstant constant : found) {
      assertThat(constant.filter()).as(constant.name()).isEqualTo(constant.name().equals("filter"));
      assertThat(constant.type()).isEqualTo(constants.get(constant.name()).type());
      assertThat(constant.bytes()).isEqualTo(4 * constants.get(constant.name()).shape().size());
      assertThat(constant.location()).isEqualTo("in-memory");
      assertThat(constant.offset()).isZero();
    }
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    Path file = Files.write(directory.resolve("other"), new byte[] {1, 2, 3});
    assertThatThrownBy(() -> ExternalConstant.of(file)).isInstanceOf(MalformedInputException.class);
  }
}
