package org.pellucid.backend.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pellucid.api.BackendException;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.api.Tap;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.MaxPool;

class Dl4jModelTest {
  private static ModelGraph graph(Operation operation, Map<String, Tensor> constants, int... x) {
    List<String> inputs =
        java.util.stream.Stream.concat(java.util.stream.Stream.of("x"), constants.keySet().stream())
            .toList();
    return ModelGraph.of(
        Map.of("x", new TensorType(ElementType.FLOAT32, Shape.of(x))),
        constants,
        List.of(new Node("node", operation, inputs, "y", "")),
        List.of("y"),
        Map.of());
  }

  /** oneDNN, which is there in float32 alone, must not decide ties. */
  @Test
  void maxPoolTiesGoToTheFirstInFloat32Too() {
    Operation pool =
        new MaxPool(
            List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), List.of(1, 1), false);
    Tap x = new Tap("x");
    Tensor zeros = Tensor.of(Shape.of(1, 1, 2, 2), new float[4]);
    Tensor ones = Tensor.of(Shape.of(1, 1, 2, 2), 1f, 1, 1, 1);
    LoadOptions options = LoadOptions.DEFAULT.with(Precision.FLOAT32);
    try (LoadedModel model = new Dl4jBackend().load(graph(pool, Map.of(), 1, 1, 2, 2), options);
        ForwardPass pass = model.forward(Map.of("x", zeros), Set.of(x))) {
      assertThat(pass.backward(Map.of(new Tap("y"), ones), Set.of(x)).get(x).toFloatArray())
          .containsExactly(4, 0, 0, 0);
    }
  }

  @Test
  void anIndexOutOfRangeNamesTheNode() {
    Map<String, Tensor> indices = Map.of("i", Tensor.of(Shape.of(1), 7L));
    ModelGraph graph = graph(new Gather(1), indices, 1, 3);
    try (LoadedModel model = new Dl4jBackend().load(graph, LoadOptions.DEFAULT)) {
      Map<String, Tensor> x = Map.of("x", Tensor.of(Shape.of(1, 3), 1f, 2, 3));
      assertThatThrownBy(() -> model.forward(x, Set.of()))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("\"node\"")
          .hasMessageContaining("index 7");
    }
  }

  private static URLClassLoader apart(String... without) throws Exception {
    URL[] paths =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(path -> Arrays.stream(without).noneMatch(path::contains))
            .map(Path::of)
            .map(
                path -> {
                  try {
                    return path.toUri().toURL();
                  } catch (java.net.MalformedURLException e) {
                    throw new IllegalStateException(e);
                  }
                })
            .toArray(URL[]::new);
    return new URLClassLoader(paths, ClassLoader.getPlatformClassLoader());
  }

  /** As in a plugin: the thread's own class loader knows nothing of ND4J. */
  @Test
  void startsInAClassLoaderOfItsOwn() throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = apart()) {
      thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
      assertThat(availability(loader)).startsWith("Availability[available=true");
      assertThat(thread.getContextClassLoader()).isSameAs(ClassLoader.getPlatformClassLoader());
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    try (URLClassLoader loader = apart("nd4j-native-1.0.0-M2.1-")) {
      assertThat(availability(loader))
          .contains("available=false", "natives of this platform", "nd4j-native");
    }
    try (URLClassLoader loader = apart("nd4j")) {
      assertThat(availability(loader)).contains("available=false", "add org.nd4j:nd4j-native");
    }
  }

  private static String availability(ClassLoader loader) throws Exception {
    Class<?> type = loader.loadClass(Dl4jBackend.class.getName());
    Object backend = type.getConstructor().newInstance();
    return type.getMethod("availability").invoke(backend).toString();
  }
}
