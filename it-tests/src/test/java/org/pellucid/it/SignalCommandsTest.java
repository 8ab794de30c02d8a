package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.core.io.Npy;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Unary;
import org.pellucid.onnx.OnnxWriter;
import org.pellucid.onnx.WriteOptions;
import org.pellucid.testkit.GraphBuilder;

/**
 * Signals and volumes through the commands. The input counts from 1, the layer's feature maps are
 * the input and twice the input, and the scores their means.
 */
class SignalCommandsTest {
  @TempDir Path folder;

  private Path network(int... space) {
    int axes = space.length;
    List<Integer> ones = IntStream.range(0, axes).mapToObj(i -> 1).toList();
    List<Integer> none = IntStream.range(0, axes).mapToObj(i -> 0).toList();
    int[] input = IntStream.concat(IntStream.of(1, 1), IntStream.of(space)).toArray();
    int[] kernel = IntStream.range(0, axes + 2).map(i -> i == 0 ? 2 : 1).toArray();
    Path file = folder.resolve("model.onnx");
    OnnxWriter.write(
        new GraphBuilder()
            .input("signal", input)
            .constant("w", Tensor.of(Shape.of(kernel), 1f, 2f))
            .constant("head", Tensor.of(Shape.of(2, 2), 1f, 0f, 0f, 1f))
            .node("conv", new Conv(ones, ones, none, none, 1), "signal", "w")
            .node("layer", new Unary.Relu(), "conv")
            .node(
                "means",
                new Reduce.ReduceMean(IntStream.range(2, axes + 2).boxed().toList(), false),
                "layer")
            .node("scores", new Gemm(1, 1, false, true), "means", "head")
            .build("scores"),
        file,
        WriteOptions.DEFAULT);
    float[] numbers = new float[(int) Shape.of(space).size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i + 1;
    }
    Npy.write(folder.resolve("signal.npy"), Tensor.of(Shape.of(input), numbers));
    return file;
  }

  private Path done(String command, Path model, Object... more) {
    Path out = folder.resolve("out");
    List<Object> words = new ArrayList<>(List.of(command, model, "--preset=none"));
    words.addAll(List.of("--npy", folder.resolve("signal.npy"), "--target", 1, "-o", out));
    words.addAll(List.of(more));
    Command.Outcome outcome = Command.run(words.toArray());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return out;
  }

  private void explained(Path model, String method, String where, double... expected)
      throws IOException {
    List<Object> more = new ArrayList<>(List.of("--method", method));
    more.addAll(where.isEmpty() ? List.of() : List.of((Object[]) where.split(" ")));
    Path out = done("explain", model, more.toArray());
    assertThat(Npy.read(out.resolve("signal." + method + ".npy")).toDoubleArray())
        .as(method + " " + where)
        .containsExactly(expected, within(1e-6));
    assertThat(out.resolve("signal." + method + ".png")).isNotEmptyFile();
  }

  @Test
  void aSignal() throws IOException {
    Path model = network(4);
    // Of twice the input's mean: a weight of a quarter.
    explained(model, "grad-cam", "", 0.5, 1, 1.5, 2);
    explained(model, "grad-cam", "--cells 1-2", 0, 1, 1.5, 0);
    explained(model, "grad-cam", "--cells 3", 0, 0, 0, 2);
    explained(model, "gradient", "", 0.5, 0.5, 0.5, 0.5);
    explained(model, "gradient", "--pixels 0-1", 0.5, 0.5, 0, 0);
    compared(model);
  }

  @Test
  void aVolume() throws IOException {
    Path model = network(2, 2, 2);
    // An eighth of twice the input.
    explained(model, "grad-cam", "", 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2);
    // Depth, row, column; and how far each.
    explained(model, "grad-cam", "--cells 1,0,1", 0, 0, 0, 0, 0, 1.5, 0, 0);
    explained(model, "grad-cam", "--cells 0,0,0,1,2,2", 0.25, 0.5, 0.75, 1, 0, 0, 0, 0);
    // Column, row, depth; and how far each.
    explained(model, "gradient", "--pixels 1,0,1", 0, 0, 0, 0, 0, 0.25, 0, 0);
    explained(model, "gradient", "--pixels 0,0,0,2,1,2", 0.25, 0.25, 0, 0, 0.25, 0.25, 0, 0);
    compared(model);
  }

  private void compared(Path model) throws IOException {
    Path out = done("compare", model, "--methods", "grad-cam,gradient", "--backends", "djl");
    assertThat(out.resolve("signal.comparison.png")).isNotEmptyFile();
    assertThat(Files.readString(out.resolve("comparison.json"))).contains("\"grad-cam\"");
  }
}
