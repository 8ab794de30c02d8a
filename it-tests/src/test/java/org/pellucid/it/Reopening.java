package org.pellucid.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Tap;
import org.pellucid.core.Registry;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.onnx.OnnxImporter;

/**
 * The work of {@link ReopeningIT}, in a JVM of its own so that nothing else moves its memory. Opens
 * a model of a backend again and again, asks for gradients at a layer and at the input, and closes
 * it. Prints the resident memory in KiB after the first times and after the last.
 */
final class Reopening {
  private Reopening() {}

  /** Takes the backend's id, the model, a layer, and how often the model is opened. */
  public static void main(String[] arguments) throws IOException {
    GradientBackend backend = Registry.ofClassPath().backend(arguments[0]);
    ModelGraph graph = new OnnxImporter().read(Path.of(arguments[1]), ImportOptions.DEFAULT);
    Tap layer = new Tap(arguments[2]);
    int times = Integer.parseInt(arguments[3]);
    int warm = times / 5;
    for (int i = 1; i <= times; i++) {
      ask(backend, graph, layer);
      if (i == warm || i == times) {
        ProcessMemory.collect();
        System.out.println(ProcessMemory.resident());
      }
    }
  }

  private static void ask(GradientBackend backend, ModelGraph graph, Tap layer) {
    String input = graph.inputs().keySet().iterator().next();
    Tap scores = new Tap(graph.outputs().get(0));
    try (LoadedModel model = backend.load(graph, LoadOptions.DEFAULT.withThreads(1))) {
      for (int samples = 1; samples <= 2; samples++) {
        Tensor images = zeros(model.batching().shape(input, samples));
        try (ForwardPass pass =
            model.forward(Map.of(input, images), Set.of(layer, new Tap(input)))) {
          Tensor seed = zeros(model.batching().shape(scores.tensor(), samples));
          pass.backward(Map.of(scores, seed), Set.of(layer, new Tap(input)));
        }
      }
    }
  }

  private static Tensor zeros(Shape shape) {
    return Tensor.of(shape, new float[Math.toIntExact(shape.size())]).cast(ElementType.FLOAT32);
  }
}
