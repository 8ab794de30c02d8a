package org.pellucid.it.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.core.Registry;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.it.Backends;
import org.pellucid.onnx.OnnxImporter;
import org.pellucid.onnx.OnnxModelBuilder;

/**
 * Every ONNX operator, imported and run by every backend: values in float64 against the reference
 * interpreter and in float32 against ONNX Runtime, gradients in float64 against central differences
 * of the reference interpreter.
 */
class BackendOperationsTest {
  /** Relative to the largest element of an output; float64 rounds to 1e-16. */
  private static final double DOUBLE_ROUNDING = 1e-10;

  /**
   * Relative to the largest element, at least 0.1. Both sides round to 6e-8 in each of up to some
   * hundred terms, and order them differently.
   */
  private static final double FLOAT_ROUNDING = 1e-5;

  /** Operators that have nothing to differentiate: no floating output that depends on an input. */
  private static final Map<String, String> WITHOUT_GRADIENT =
      reasons(
          "answers with integers: ArgMax, ArgMin, NonZero, Shape, Size, BitShift, BitwiseAnd,"
              + " BitwiseNot, BitwiseOr, BitwiseXor",
          "answers with truths: And, Equal, Greater, GreaterOrEqual, IsInf, IsNaN, Less,"
              + " LessOrEqual, Not, Or, Xor",
          "is a constant: Constant, ConstantOfShape, EyeLike, Range");

  /** Operators whose gradient is zero wherever there is one. */
  private static final Map<String, String> PIECEWISE_CONSTANT =
      reasons("is made of steps: Ceil, Floor, Hardmax, Round, Sign");

  /** Operators by why, as {@code "reason: A, B"}. */
  private static Map<String, String> reasons(String... lines) {
    Map<String, String> reasons = new TreeMap<>();
    for (String line : lines) {
      String[] parts = line.split(": ");
      for (String operator : parts[1].split(", ")) {
        reasons.put(operator, parts[0]);
      }
    }
    return reasons;
  }

  /** A case and the graph that its model is read as. */
  private record Imported(OperationCase one, ModelGraph graph) {
    @Override
    public String toString() {
      return one.name();
    }
  }

  /** All cases by operator. */
  private static final Map<String, List<Imported>> CASES = new TreeMap<>();

  @BeforeAll
  static void importCases(@TempDir Path directory) throws IOException {
    CASES.clear();
    for (OperationCase one : OperationCases.all()) {
      Path file = Files.write(directory.resolve("model.onnx"), one.model());
      ModelGraph graph = new OnnxImporter().read(file, ImportOptions.DEFAULT);
      CASES
          .computeIfAbsent(one.operator(), operator -> new ArrayList<>())
          .add(new Imported(one, graph));
    }
  }

  @Test
  void everyOperatorOfTheImporterIsReached() {
    assertThat(CASES.keySet()).isEqualTo(OnnxImporter.operators());
  }

  @Test
  void allBackendsAreThere() {
    assertThat(Registry.ofClassPath().backends())
        .extracting(GradientBackend::id)
        .contains("djl", "dl4j", "onnxruntime", "reference");
  }

  /**
   * ONNX's own node test, in which a number lies between two integers: in float32, as the scale is
   * rounded, it is nearer to one of them, and backends in float32 agree with ONNX Runtime on that.
   */
  @TestFactory
  Stream<DynamicTest> dynamicScalesAreRoundedAsInFloat32(@TempDir Path directory)
      throws IOException, OrtException {
    byte[] bytes =
        new OnnxModelBuilder(8, 13)
            .input("x", 6)
            .node("DynamicQuantizeLinear", List.of("x"), List.of("q", "scale", "zero"))
            .node("Cast", List.of("q"), List.of("y"), "to", 1)
            .output("y")
            .bytes();
    Path file = Files.write(directory.resolve("model.onnx"), bytes);
    ModelGraph graph = new OnnxImporter().read(file, ImportOptions.DEFAULT);
    Map<String, Tensor> inputs =
        Map.of("x", Tensor.of(Shape.of(6), 0f, 2f, -3f, -2.5f, 1.34f, 0.5f));
    double[] expected = {153, 255, 0, 26, 221, 179};
    assertThat(OnnxRuntimeOracle.run(bytes, inputs).get("y").toDoubleArray()).isEqualTo(expected);
    return Registry.ofClassPath().backends().stream()
        .filter(backend -> backend.precisions().contains(Precision.FLOAT32))
        .map(
            backend ->
                DynamicTest.dynamicTest(
                    backend.id(),
                    () -> {
                      assumeThat(backend.availability().available()).isTrue();
                      try (LoadedModel model =
                              backend.load(graph, options(backend, Precision.FLOAT32));
                          ForwardPass pass = model.forward(inputs, Set.of())) {
                        assertThat(pass.outputs().get("y").toDoubleArray()).isEqualTo(expected);
                      }
                    }));
  }

  /** A causal mask as models of text and images keep it: 0 and -Infinity. */
  @TestFactory
  Stream<DynamicTest> masksOfMinusInfinity(@TempDir Path directory) throws IOException {
    float[] mask = new float[25];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = i % 5 > i / 5 ? Float.NEGATIVE_INFINITY : 0;
    }
    OnnxModelBuilder model = new OnnxModelBuilder(8, 13);
    model.input("x", 2, 5, 5).output("y").initializer("mask", Tensor.of(Shape.of(5, 5), mask));
    model.node("Add", List.of("x", "mask"), List.of("masked"));
    model.node("Softmax", List.of("masked"), List.of("y"), "axis", -1);
    Map<String, Tensor> inputs = Map.of("x", new CaseWriter(31).normal(2, 5, 5));
    OperationCase one = new OperationCase("masked", "Softmax", 13, model.bytes(), inputs, true);
    Path file = Files.write(directory.resolve("model.onnx"), one.model());
    Imported imported = new Imported(one, new OnnxImporter().read(file, ImportOptions.DEFAULT));
    return Registry.ofClassPath().backends().stream()
        .map(
            backend ->
                DynamicTest.dynamicTest(
                    backend.id(),
                    () -> {
                      assumeThat(backend.availability().available()).isTrue();
                      List<String> wrong = new ArrayList<>();
                      boolean gradients = checkOne(backend, imported, wrong);
                      assertThat(wrong).isEmpty();
                      assertThat(gradients)
                          .isEqualTo(backend.precisions().contains(Precision.FLOAT64));
                    }));
  }

  /** Returns whether it has gradients that are not zero, which only float64 tells. */
  private static boolean checkOne(GradientBackend backend, Imported one, List<String> wrong)
      throws OrtException {
    if (backend.precisions().contains(Precision.FLOAT32)) {
      checkFloat(backend, one, wrong);
    }
    if (!backend.precisions().contains(Precision.FLOAT64)) {
      return false;
    }
    try (LoadedModel model = backend.load(one.graph(), options(backend, Precision.FLOAT64))) {
      checkDouble(model, one, wrong);
      return new GradientCheck(model, one.one()).check(wrong);
    }
  }

  @TestFactory
  Stream<DynamicContainer> agrees() {
    return Registry.ofClassPath().backends().stream()
        .map(
            backend ->
                DynamicContainer.dynamicContainer(
                    backend.id(),
                    CASES.keySet().stream()
                        .map(
                            operator ->
                                DynamicTest.dynamicTest(
                                    operator + ", " + CASES.get(operator).size() + " cases",
                                    () -> check(backend, operator)))));
  }

  private static void check(GradientBackend backend, String operator) throws OrtException {
    assumeThat(backend.availability().available()).as(backend.availability().detail()).isTrue();
    List<String> wrong = new ArrayList<>();
    int differentiated = 0;
    boolean moved = false;
    for (Imported one : CASES.get(operator)) {
      if (backend.precisions().contains(Precision.FLOAT32)) {
        checkFloat(backend, one, wrong);
      }
      if (backend.precisions().contains(Precision.FLOAT64)) {
        try (LoadedModel model = backend.load(one.graph(), options(backend, Precision.FLOAT64))) {
          checkDouble(model, one, wrong);
          GradientCheck gradients = new GradientCheck(model, one.one());
          if (gradients.applies()) {
            differentiated++;
            moved |= gradients.check(wrong);
          }
        }
      }
    }
    if (backend.precisions().contains(Precision.FLOAT64)) {
      boolean without = WITHOUT_GRADIENT.containsKey(operator);
      if (without != (differentiated == 0)) {
        wrong.add(operator + " has " + differentiated + " cases with a gradient");
      }
      if ((without || PIECEWISE_CONSTANT.containsKey(operator)) == moved) {
        wrong.add(operator + (moved ? " has a gradient" : " has no gradient but zeros"));
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static LoadOptions options(GradientBackend backend, Precision precision) {
    // The cases are too small for more than one thread.
    return Backends.options(backend).withThreads(1).with(precision);
  }

  private static void checkFloat(GradientBackend backend, Imported one, List<String> wrong)
      throws OrtException {
    try (LoadedModel model = backend.load(one.graph(), options(backend, Precision.FLOAT32));
        ForwardPass pass = model.forward(one.one().inputs(), Set.of())) {
      Map<String, Tensor> expected = OnnxRuntimeOracle.run(one.one().oracle(), one.one().inputs());
      compare(one + " in float32", pass.outputs(), expected, ElementType.FLOAT32, wrong);
    }
  }

  private static void checkDouble(LoadedModel model, Imported one, List<String> wrong) {
    Map<String, Tensor> expected =
        new ReferenceInterpreter(one.graph())
            .run(one.one().inputs(), Set.copyOf(one.graph().outputs()));
    try (ForwardPass pass = model.forward(one.one().inputs(), Set.of())) {
      compare(one + " in float64", pass.outputs(), expected, ElementType.FLOAT64, wrong);
    }
  }

  private static void compare(
      String what,
      Map<String, Tensor> found,
      Map<String, Tensor> expected,
      ElementType floating,
      List<String> wrong) {
    if (!found.keySet().equals(expected.keySet())) {
      wrong.add(what + ": outputs " + found.keySet() + " instead of " + expected.keySet());
      return;
    }
    expected.forEach(
        (name, value) -> {
          ElementType type = value.elementType().isFloating() ? floating : value.elementType();
          Tensor actual = found.get(name);
          if (!actual.shape().equals(value.shape()) || actual.elementType() != type) {
            wrong.add(what + ": " + name + " is " + actual.type() + " instead of " + value.type());
            return;
          }
          double largest = 0.1;
          for (double element : value.toDoubleArray()) {
            largest = Math.max(largest, Math.abs(element));
          }
          double rounding =
              type == ElementType.FLOAT64
                  ? DOUBLE_ROUNDING
                  : type == ElementType.FLOAT32 ? FLOAT_ROUNDING : 0;
          for (int i = 0; i < value.size(); i++) {
            // Written so that NaN is wrong.
            if (!(Math.abs(actual.get(i) - value.get(i)) <= rounding * largest)) {
              wrong.add(
                  "%s: %s at %d is %s instead of %s, where the largest is %s"
                      .formatted(what, name, i, actual.get(i), value.get(i), largest));
              return;
            }
          }
        });
  }
}
