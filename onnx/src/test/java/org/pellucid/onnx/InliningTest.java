package org.pellucid.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.UnsupportedModelException;

/** Functions of a model, and branches, in the place of what asks for them. */
class InliningTest {
  @TempDir Path directory;

  private ModelGraph read(OnnxModelBuilder model) throws IOException {
    Path file = Files.write(directory.resolve("model.onnx"), model.bytes());
    return new OnnxImporter().read(file, ImportOptions.DEFAULT);
  }

  private static double[] run(ModelGraph graph, float... x) {
    Tensor input = Tensor.of(Shape.of(x.length), x);
    return new ReferenceInterpreter(graph)
        .run(Map.of("x", input), Set.of("y"))
        .get("y")
        .toDoubleArray();
  }

  private static OnnxMessage node(
      String name, String operator, List<String> in, List<String> out, Object... attributes) {
    return OnnxModelBuilder.nodeMessage(name, operator, in, out, attributes);
  }

  private static OnnxMessage call(String name, String function, String in, String out) {
    return node(name, function, List.of(in), List.of(out)).text(7, "own");
  }

  private static OnnxMessage function(
      String name, List<String> in, List<String> out, OnnxMessage... nodes) {
    OnnxMessage function = new OnnxMessage().text(1, name).text(10, "own");
    in.forEach(input -> function.text(4, input));
    out.forEach(output -> function.text(5, output));
    for (OnnxMessage node : nodes) {
      function.message(7, node);
    }
    return function.message(9, new OnnxMessage().number(2, 13));
  }

  /** An attribute of a function's node whose value the caller gives. */
  private static OnnxMessage reference(String attribute, String ofCaller, int type) {
    return new OnnxMessage().text(1, attribute).text(21, ofCaller).number(20, type);
  }

  private static OnnxMessage graph(List<String> out, OnnxMessage... nodes) {
    OnnxMessage graph = new OnnxMessage();
    for (OnnxMessage node : nodes) {
      graph.message(1, node);
    }
    out.forEach(output -> graph.message(12, new OnnxMessage().text(1, output)));
    return graph;
  }

  private static OnnxMessage choice(String condition, OnnxMessage then, OnnxMessage otherwise) {
    return node("if", "If", List.of(condition), List.of("y"))
        .message(5, branch("then_branch", then))
        .message(5, branch("else_branch", otherwise));
  }

  private static OnnxMessage branch(String name, OnnxMessage graph) {
    return new OnnxMessage().text(1, name).number(20, 5).message(6, graph);
  }

  private static OnnxMessage truth(boolean value) {
    return OnnxModelBuilder.tensor("truth", Tensor.of(Shape.of(), (byte) (value ? 1 : 0)));
  }

  private static OnnxModelBuilder model() {
    return new OnnxModelBuilder(16).input("x", 2).output("y");
  }

  @Test
  void functionsAreInlinedUnderTheNameOfTheirCall() throws IOException {
    // twice(v) = v + v, called on the result of itself: 4 x, and no name meets another.
    OnnxModelBuilder model =
        model().node(call("one", "twice", "x", "h")).node(call("two", "twice", "h", "y"));
    model
        .model()
        .message(
            25,
            function(
                "twice",
                List.of("v"),
                List.of("w"),
                node("copy", "Identity", List.of("v"), List.of("h")),
                node("sum", "Add", List.of("h", "v"), List.of("w"))));
    ModelGraph graph = read(model);
    assertThat(graph.nodes().stream().map(Node::name))
        .containsExactly("one/copy", "one/sum", "two/copy", "two/sum");
    assertThat(graph.nodes().stream().map(Node::output))
        .containsExactly("one/h", "h", "two/h", "y");
    assertThat(run(graph, 1, -3)).containsExactly(4, -12);
  }

  @Test
  void attributesComeFromTheCallerOrTheFunctionsDefaultsOrNowhere() throws IOException {
    // leak: LeakyRelu with the caller's alpha; 0.25 where the function has a default, else 0.01.
    for (String kind : new String[] {"given", "default", "none"}) {
      OnnxModelBuilder model =
          model()
              .node(
                  node(
                          "leak",
                          "leak",
                          List.of("x"),
                          List.of("y"),
                          kind.equals("given") ? new Object[] {"slope", 0.5f} : new Object[0])
                      .text(7, "own"));
      OnnxMessage function =
          function(
              "leak",
              List.of("v"),
              List.of("w"),
              node("leaky", "LeakyRelu", List.of("v"), List.of("w"))
                  .message(5, reference("alpha", "slope", 1)));
      if (kind.equals("default")) {
        function.message(11, new OnnxMessage().text(1, "slope").real(2, 0.25f).number(20, 1));
      } else {
        function.text(6, "slope");
      }
      model.model().message(25, function);
      double slope = kind.equals("given") ? 0.5 : kind.equals("default") ? 0.25 : 0.01;
      assertThat(run(read(model), 1, -1)).containsExactly(new double[] {1, -slope}, within(1e-8));
    }
  }

  @Test
  void anArgumentThatTheCallLeavesOutIsLeftOutInside() throws IOException {
    OnnxModelBuilder model =
        model()
            .initializer("top", Tensor.scalar(2f))
            .node(node("cut", "cut", List.of("x", "", "top"), List.of("y")).text(7, "own"));
    model
        .model()
        .message(
            25,
            function(
                "cut",
                List.of("v", "low", "high"),
                List.of("w"),
                node("", "Clip", List.of("v", "low", "high"), List.of("w"))));
    assertThat(run(read(model), -5, 5)).containsExactly(-5, 2);
  }

  @Test
  void aFunctionMayHandOnItsArgumentOrOneResultTwice() throws IOException {
    OnnxModelBuilder model =
        model()
            .node(node("f", "f", List.of("x"), List.of("a", "b", "c")).text(7, "own"))
            .node("Sum", List.of("a", "b", "c"), List.of("y"));
    model
        .model()
        .message(
            25,
            function(
                "f",
                List.of("v"),
                List.of("v", "n", "n"),
                node("", "Neg", List.of("v"), List.of("n"))));
    assertThat(run(read(model), 1, -3)).containsExactly(-1, 3);
  }

  @Test
  void functionsThatLeadToThemselvesAreRefused() {
    OnnxModelBuilder model = model().node(call("c", "f", "x", "y"));
    model
        .model()
        .message(25, function("f", List.of("v"), List.of("w"), call("", "g", "v", "w")))
        .message(25, function("g", List.of("v"), List.of("w"), call("", "f", "v", "w")));
    assertThatThrownBy(() -> read(model))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("function own.f calls itself, by way of [own.f, own.g]");
  }

  /** Thirty functions, each of which calls the next twice: 2^30 nodes from a small file. */
  @Test
  void functionsThatMultiplyAreRefused() {
    OnnxModelBuilder model = model().node(call("c", "f0", "x", "y"));
    for (int i = 0; i < 30; i++) {
      model
          .model()
          .message(
              25,
              function(
                  "f" + i,
                  List.of("v"),
                  List.of("w"),
                  call("a", "f" + (i + 1), "v", "h"),
                  call("b", "f" + (i + 1), "h", "w")));
    }
    model
        .model()
        .message(
            25,
            function(
                "f30",
                List.of("v"),
                List.of("w"),
                node("", "Identity", List.of("v"), List.of("w"))));
    assertThatThrownBy(() -> read(model))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("nodes where they are used");
  }

  @Test
  void refusalsWithinFunctionsNameTheCallAndTheNode() {
    OnnxModelBuilder model = model().node(call("block", "f", "x", "y"));
    model
        .model()
        .message(
            25,
            function(
                "f",
                List.of("v"),
                List.of("w"),
                node("loop", "Loop", List.of("", "", "v"), List.of("w"))));
    assertThatThrownBy(() -> read(model))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("Node \"block/loop\" uses Loop (opset 13), which is not supported")
        .hasMessageContaining("unrolled");
  }

  @Test
  void theChosenBranchIsInlinedAndSeesWhatStandsAround() throws IOException {
    OnnxMessage negated =
        graph(List.of("n"), node("neg", "Neg", List.of("late"), List.of("n")))
            .message(5, OnnxModelBuilder.tensor("unused", Tensor.scalar(1f)));
    OnnxMessage moved =
        graph(List.of("m"), node("add", "Add", List.of("late", "one"), List.of("m")))
            .message(5, OnnxModelBuilder.tensor("one", Tensor.scalar(1f)));
    for (boolean condition : new boolean[] {true, false}) {
      // The node stands before what its branches read, as nothing in its inputs shows.
      ModelGraph graph =
          read(
              model()
                  .initializer(truth(condition))
                  .node(choice("truth", negated, moved))
                  .node("late", "Relu", List.of("x"), List.of("late")));
      assertThat(graph.nodes().stream().map(Node::name))
          .containsExactly("late", condition ? "neg" : "add");
      assertThat(run(graph, 2, -3)).containsExactly(condition ? -2 : 3, condition ? -0.0 : 1);
    }
  }

  @Test
  void branchesMayHandOnWhatStandsAroundAndStandInEachOther() throws IOException {
    OnnxMessage asIs = graph(List.of("x"));
    OnnxMessage wrong = graph(List.of("z"), node("", "Neg", List.of("x"), List.of("z")));
    OnnxMessage inner =
        node("inner", "If", List.of("truth"), List.of("i"))
            .message(5, branch("then_branch", asIs))
            .message(5, branch("else_branch", wrong));
    ModelGraph graph =
        read(
            model()
                .initializer(truth(true))
                .node(choice("truth", graph(List.of("i"), inner), wrong)));
    assertThat(run(graph, 2, -3)).containsExactly(2, -3);
  }

  @Test
  void branchesWithinFunctionsReadTheFunctionsTensors() throws IOException {
    OnnxMessage then = graph(List.of("t"), node("", "Mul", List.of("h", "v"), List.of("t")));
    OnnxMessage other = graph(List.of("o"), node("", "Neg", List.of("h"), List.of("o")));
    OnnxModelBuilder model = model().node(call("c", "f", "x", "y"));
    model
        .model()
        .message(
            25,
            function(
                "f",
                List.of("v"),
                List.of("y"),
                node("", "Abs", List.of("v"), List.of("h")),
                node("", "Constant", List.of(), List.of("truth"), "value_int", 1),
                choice("truth", then, other)));
    assertThat(run(read(model), 2, -3)).containsExactly(4, -9);
  }

  @Test
  void conditionsThatDependOnTheDataAreRefused() {
    OnnxMessage asIs = graph(List.of("x"));
    assertThatThrownBy(
            () ->
                read(
                    model()
                        .inputOf(OnnxModelBuilder.BOOL, "truth")
                        .node(choice("truth", asIs, asIs))))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessage(
            "Node \"if\" uses If (opset 16, then_branch=a graph, else_branch=a graph), which is"
                + " not supported: its condition depends on the model's input data");
  }

  @Test
  void branchesThatDoNotFitAreMalformed() {
    OnnxMessage nothing = graph(List.of());
    OnnxMessage dangling = graph(List.of("d"), node("", "Neg", List.of("no"), List.of("d")));
    assertThatThrownBy(
            () -> read(model().initializer(truth(true)).node(choice("truth", nothing, nothing))))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("its graph has 0 inputs and 0 outputs where 0 and 1 are needed");
    assertThatThrownBy(
            () -> read(model().initializer(truth(true)).node(choice("truth", dangling, dangling))))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("reads \"no\", which nothing makes");
    assertThatThrownBy(
            () ->
                read(
                    model()
                        .initializer(truth(true))
                        .node("if", "If", List.of("truth"), List.of("y"), "then_branch", 3)))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("attribute then_branch should be a graph, found 3");
  }

  @Test
  void whatCannotBeTranslatedSaysWhy() {
    Map<String, String> reasons =
        Map.of(
            "Scan", "it repeats a graph",
            "SequenceConstruct", "it handles sequences",
            "Optional", "it handles optional values",
            "NonMaxSuppression", "the length of its result depends on the data",
            "RandomNormalLike", "it draws random numbers");
    reasons.forEach(
        (operator, reason) ->
            assertThatThrownBy(() -> read(model().node(operator, List.of("x"), List.of("y"))))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining(
                    "uses " + operator + " (opset 16), which is not supported: " + reason));
  }
}
