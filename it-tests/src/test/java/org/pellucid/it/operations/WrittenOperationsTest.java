package org.pellucid.it.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Operation;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.UnsupportedModelException;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.MaxPoolGrad;
import org.pellucid.graph.op.MaxPoolSelect;
import org.pellucid.graph.op.Operations;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.ScatterAdd;
import org.pellucid.graph.op.Unary;
import org.pellucid.onnx.OnnxImporter;
import org.pellucid.onnx.OnnxWriter;
import org.pellucid.onnx.WriteOptions;
import org.pellucid.testkit.OperationCase;
import org.pellucid.testkit.OperationCases;

/**
 * Every operation of the vocabulary, written as ONNX: ONNX Runtime computes what the operation
 * means, and what is read back means the same.
 */
class WrittenOperationsTest {
  /** Operations that cannot be composed of the operators before opset 16. */
  private static final Set<Class<? extends Operation>> SCATTERING =
      Set.of(MaxPoolGrad.class, ScatterAdd.class);

  /** Operations that are written in another way from some opset on. */
  private static final Set<Class<? extends Operation>> CHANGING =
      Set.of(
          AveragePool.class,
          MaxPoolGrad.class,
          ScatterAdd.class,
          Unary.Gelu.class,
          Unary.HardSwish.class,
          Unary.Mish.class,
          Reduce.ReduceMean.class,
          Reduce.ReduceMax.class,
          Reduce.ReduceMin.class,
          Reduce.ReduceProd.class);

  @TempDir static Path directory;

  private static final Map<Class<? extends Operation>, List<OperationCase>> CASES =
      OperationCases.of(3).stream().collect(Collectors.groupingBy(c -> c.operation().getClass()));

  @TestFactory
  Stream<DynamicTest> withTheOldestAndTheNewestOperators() {
    return Operations.all().stream()
        .map(
            type ->
                DynamicTest.dynamicTest(
                    type.getSimpleName(),
                    () -> {
                      boolean scatters = SCATTERING.contains(type);
                      check(type, scatters ? 16 : WriteOptions.OLDEST_OPSET);
                      check(type, WriteOptions.NEWEST_OPSET);
                    }));
  }

  @TestFactory
  Stream<DynamicTest> withEveryVersionThatBroughtAnOperator() {
    return IntStream.of(14, 15, 16, 17, 18, 19, 20)
        .mapToObj(
            opset ->
                DynamicTest.dynamicTest(
                    "opset " + opset,
                    () -> {
                      for (Class<? extends Operation> type : CHANGING) {
                        if (opset >= 16 || !SCATTERING.contains(type)) {
                          check(type, opset);
                        }
                      }
                    }));
  }

  private static void check(Class<? extends Operation> type, int opset)
      throws IOException, OrtException {
    WriteOptions options = WriteOptions.DEFAULT.withOpset(opset);
    for (OperationCase one : CASES.get(type)) {
      check(one, OnnxWriter.bytes(one.graph(), options), "opset " + opset + ", " + one);
    }
  }

  private static void check(OperationCase one, byte[] model, String what)
      throws IOException, OrtException {
    ModelGraph graph = one.graph();
    Map<String, Tensor> feeds = new LinkedHashMap<>();
    one.feeds()
        .forEach((name, value) -> feeds.put(name, value.cast(graph.type(name).elementType())));
    Tensor expected = one.expected();
    Map<String, Tensor> outputs = OnnxRuntimeOracle.run(model, feeds);
    OnnxOperationsTest.check(what, outputs.get(OperationCase.OUTPUT), expected);

    Path file = Files.write(directory.resolve("model.onnx"), model);
    ModelGraph read = new OnnxImporter().read(file, ImportOptions.DEFAULT);
    assertThat(read.inputs()).as(what).isEqualTo(graph.inputs());
    assertThat(read.outputs()).as(what).isEqualTo(graph.outputs());
    Map<String, Tensor> again =
        new ReferenceInterpreter(read).run(feeds, Set.of(OperationCase.OUTPUT));
    OnnxOperationsTest.check(what + ", read back", again.get(OperationCase.OUTPUT), expected);
  }

  @Test
  void scatterWithAdditionIsRefusedBeforeOpset16() {
    for (Class<? extends Operation> type : SCATTERING) {
      ModelGraph graph = CASES.get(type).get(0).graph();
      assertThatThrownBy(() -> OnnxWriter.bytes(graph, WriteOptions.DEFAULT.withOpset(15)))
          .isInstanceOf(UnsupportedModelException.class)
          .hasMessageContainingAll("Node \"node\"", type.getSimpleName(), "lowest opset", "16");
    }
  }

  /** Windows of equals, as there are many after a ReLU: the first of them is chosen. */
  @Test
  void tiesOfPoolsGoToTheFirst() throws IOException, OrtException {
    Shape shape = Shape.of(2, 2, 5, 6);
    double[] x = new double[(int) shape.size()];
    double[] g = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = i % 7 == 0 ? 1 : 0;
      g[i] = 1 + i * 0.25;
    }
    List<Integer> ones = List.of(1, 1);
    for (MaxPool pool :
        List.of(
            new MaxPool(List.of(2, 2), List.of(2, 2), ones, List.of(0, 0), List.of(0, 0), true),
            new MaxPool(List.of(3, 3), ones, ones, ones, ones, false),
            new MaxPool(List.of(3, 2), List.of(2, 1), ones, List.of(1, 0), List.of(0, 1), true),
            new MaxPool(List.of(2, 3), ones, List.of(2, 2), List.of(0, 1), List.of(1, 2), false),
            new MaxPool(List.of(2, 2), List.of(2, 1), List.of(3, 2), List.of(2, 2), ones, true))) {
      Tensor values = Tensor.of(shape, x);
      Shape pooled = pool.infer(List.of(values.type())).shape();
      Tensor gradient = Tensor.of(pooled, Arrays.copyOf(g, (int) pooled.size()));
      for (OperationCase one :
          List.of(
              new OperationCase(new MaxPoolGrad(pool), List.of(values, gradient), Set.of()),
              new OperationCase(
                  new MaxPoolSelect(pool), List.of(values, Tensor.of(shape, g)), Set.of()))) {
        check(one, OnnxWriter.bytes(one.graph(), WriteOptions.DEFAULT), one.toString());
      }
    }
  }
}
