package org.pellucid.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.pellucid.api.BackendException;
import org.pellucid.api.CancelledException;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Tap;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Tile;
import org.pellucid.graph.op.Unary;
import org.pellucid.testkit.GraphBuilder;
import org.pellucid.testkit.Networks;
import org.pellucid.testkit.Values;

/**
 * Memory, threads and failures of the engine, beyond the contract. The heap of this JVM is touched
 * when it starts (see the module's build), so that resident memory tells of native memory.
 */
class DjlModelTest {
  private static final LoadOptions OPTIONS = LoadOptions.DEFAULT.withThreads(1);
  private static final Tap SCORES = new Tap("scores");
  private static final Tap INNER = new Tap("block1 relu");
  private static final Tap STEM = new Tap("stem");

  /** A batch is run in pieces up to the tap; nothing of it stays behind. */
  @Test
  void anInterruptEndsALargeBatch() {
    ModelGraph graph = Networks.residual();
    Map<String, Tensor> images = Map.of("image", Networks.images(graph, 12, 1));
    try (LoadedModel model = new DjlBackend().load(graph, OPTIONS)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> model.forward(images, Set.of(INNER)))
          .isInstanceOf(CancelledException.class)
          .hasMessageContaining("0 of 12");
      assertThat(Thread.interrupted()).as("the flag stays set").isTrue();
      try (ForwardPass pass = model.forward(images, Set.of(INNER))) {
        assertThat(pass.activation(INNER).shape().dim(0)).isEqualTo(12);
      }
    }
  }

  /** Every kind of use; a forgotten array, of half a megabyte, would show after some hundreds. */
  @Test
  void nativeMemoryStaysFlat() throws IOException {
    assumeThat(Path.of("/proc/self/status")).exists();
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, 4, 64, 64)
            .node("stem", new Unary.LeakyRelu(0.1), "image")
            .node("block", new Unary.Swish(1), "stem")
            .node("sum", new Binary.Add(), "block", "stem")
            .node("scores", new Reduce.ReduceMean(List.of(2, 3), false), "sum")
            .build("scores");
    Tap block = new Tap("block");
    Set<Tap> taps = Set.of(STEM, block);
    Tensor one = Networks.images(graph, 1, 1).cast(ElementType.FLOAT32);
    Tensor many = Networks.images(graph, 8, 2).cast(ElementType.FLOAT32);
    Tensor seeds = new Values(3).signed(8, 4);
    try (LoadedModel model = new DjlBackend().load(graph, OPTIONS)) {
      Runnable use =
          () -> {
            model.forward(Map.of("image", many), Set.of()).close();
            try (ForwardPass pass = model.forward(Map.of("image", many), taps)) {
              pass.outputs();
              pass.activation(block);
              pass.backward(Map.of(SCORES, seeds), taps);
              pass.backward(Map.of(SCORES, seeds), Set.of(block));
            }
            try (ForwardPass pass = model.forward(Map.of("image", one), taps);
                ForwardPass resumed = pass.resume(block, many)) {
              resumed.outputs();
              resumed.backward(Map.of(SCORES, seeds), Set.of(block));
            }
          };
      for (int i = 0; i < 30; i++) {
        use.run();
      }
      long before = residentKilobytes();
      for (int i = 0; i < 300; i++) {
        use.run();
      }
      assertThat(residentKilobytes() - before).isLessThan(60_000);
    }
  }

  @Test
  void loadingLeavesNothingBehind() throws IOException {
    assumeThat(Path.of("/proc/self/status")).exists();
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, 1)
            .constant("weights", Tensor.of(Shape.of(1 << 20), new float[1 << 20]))
            .node("scores", new Binary.Add(), "image", "weights")
            .build("scores");
    Runnable load = () -> new DjlBackend().load(graph, OPTIONS).close();
    for (int i = 0; i < 10; i++) {
      load.run();
    }
    long before = residentKilobytes();
    for (int i = 0; i < 60; i++) {
      load.run();
    }
    // The weights are 4 MB each time.
    assertThat(residentKilobytes() - before).isLessThan(40_000);
  }

  private static long residentKilobytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void threadsGetBitwiseTheSameAnswers() throws InterruptedException, ExecutionException {
    ModelGraph graph = Networks.residual();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (LoadedModel model = new DjlBackend().load(graph, OPTIONS)) {
      Tensor image = Networks.images(graph, 2, 5);
      Tensor seed = new Values(6).signed(2, 3);
      Callable<double[]> question =
          () -> {
            try (ForwardPass pass = model.forward(Map.of("image", image), Set.of(STEM))) {
              return pass.backward(Map.of(SCORES, seed), Set.of(STEM)).get(STEM).toDoubleArray();
            }
          };
      double[] expected = call(question);
      List<Future<double[]>> answers = new ArrayList<>();
      for (int i = 0; i < 80; i++) {
        answers.add(threads.submit(question));
      }
      for (Future<double[]> answer : answers) {
        assertThat(answer.get()).containsExactly(expected);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static double[] call(Callable<double[]> question) {
    try {
      return question.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Who asks a model that is closed meanwhile has an answer or is told; the JVM lives on. */
  @Test
  void closingWhileOthersAsk() throws InterruptedException, ExecutionException {
    ModelGraph graph = Networks.residual();
    Tensor image = Networks.images(graph, 4, 7);
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      for (int round = 0; round < 5; round++) {
        LoadedModel model = new DjlBackend().load(graph, OPTIONS);
        List<Future<?>> work = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          work.add(
              threads.submit(
                  () -> {
                    while (true) {
                      try (ForwardPass pass =
                          model.forward(Map.of("image", image), Set.of(INNER))) {
                        pass.backward(
                            Map.of(SCORES, Tensor.of(Shape.of(4, 3), new float[12])),
                            Set.of(INNER));
                      } catch (IllegalStateException closed) {
                        return;
                      }
                    }
                  }));
        }
        Thread.sleep(20);
        model.close();
        for (Future<?> task : work) {
          task.get();
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void anOpenPassOfAClosedModelSaysSo() {
    ModelGraph graph = Networks.residual();
    LoadedModel model = new DjlBackend().load(graph, OPTIONS);
    ForwardPass pass = model.forward(Map.of("image", Networks.images(graph, 1, 8)), Set.of(STEM));
    model.close();
    assertThatThrownBy(() -> pass.activation(STEM))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("model was closed");
    pass.close();
  }

  @Test
  void aFailureNamesTheNode() {
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, 4)
            .input("which", new TensorType(ElementType.INT64, Shape.of(1)))
            .node("picked", new Gather(1), "image", "which")
            .build("picked");
    Tensor image = new Values(9).signed(1, 4);
    try (LoadedModel model = new DjlBackend().load(graph, OPTIONS)) {
      Tensor which = Tensor.of(Shape.of(1), 7L);
      assertThatThrownBy(() -> model.forward(Map.of("image", image, "which", which), Set.of()))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("node \"picked\" (Gather[axis=1])")
          .hasMessageContaining("id=7 axis_dim=4");
      // The thread and the model are as they were.
      model.forward(Map.of("image", image, "which", Tensor.of(Shape.of(1), 3L)), Set.of()).close();
    }
  }

  @Test
  void outOfMemoryIsCalledThat() {
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, 1)
            .node("vast", new Tile(List.of(1_500_000, 1_500_000)), "image")
            .build("vast");
    try (LoadedModel model = new DjlBackend().load(graph, OPTIONS)) {
      assertThatThrownBy(() -> model.forward(Map.of("image", new Values(1).signed(1, 1)), Set.of()))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("ran out of memory")
          .hasMessageContaining("vast");
    }
  }
}
