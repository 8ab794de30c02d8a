package org.pellucid.it.hostile;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.pellucid.api.Progress;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Prediction;
import org.pellucid.core.Request;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Unary;
import org.pellucid.onnx.OnnxWriter;
import org.pellucid.onnx.WriteOptions;

/**
 * Uses a model whose weights are larger than half of this JVM's heap on some backends, then makes
 * the file of its weights shorter while it is in use. Arguments: the folder, {@code write}, or the
 * backends. Prints what happened; a line that begins with {@code wrong} is a failure.
 */
public final class MappedModel {
  private static final int WIDTH = 1536;
  private static final int LAYERS = 8;

  private final Path folder;
  private final Tensor image;

  private MappedModel(Path folder) {
    this.folder = folder;
    float[] pixels = new float[3 * 16 * 16];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (i % 17) / 17f;
    }
    this.image = Tensor.of(Shape.of(1, 3, 16, 16), pixels);
  }

  /** Begins. */
  public static void main(String[] arguments) throws IOException {
    MappedModel model = new MappedModel(Path.of(arguments[0]));
    if (arguments[1].equals("write")) {
      model.write();
      return;
    }
    List<String> backends = Arrays.asList(arguments).subList(1, arguments.length);
    model.use(backends);
    model.shorten(backends);
  }

  private Path file() {
    return folder.resolve("large.onnx");
  }

  private Path data() {
    return folder.resolve("large.onnx.data");
  }

  /** A convolution and dense layers with residuals: 75 MB. */
  private void write() {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    List<Node> nodes = new ArrayList<>();
    weights.put("filters", weight(1, WIDTH / 16, 3, 4, 4));
    List<Integer> four = List.of(4, 4);
    List<Integer> none = List.of(0, 0);
    nodes.add(node(new Conv(four, List.of(1, 1), none, none, 1), "conv", "image", "filters"));
    nodes.add(node(new Unary.Relu(), "maps", "conv"));
    nodes.add(node(new Reshape(Shape.of(1, WIDTH)), "dense0", "maps"));
    for (int i = 0; i < LAYERS; i++) {
      weights.put("w" + i, weight(2 + i, WIDTH, WIDTH));
      nodes.add(node(new Gemm(1, 1, false, true), "dense" + (i + 1), "dense" + i, "w" + i));
    }
    weights.put("head", weight(99, 4, WIDTH));
    nodes.add(node(new Gemm(1, 1, false, true), "scores", "dense" + LAYERS, "head"));
    ModelGraph graph =
        ModelGraph.of(
            Map.of("image", new TensorType(ElementType.FLOAT32, image.shape())),
            weights,
            nodes,
            List.of("scores"),
            Map.of());
    OnnxWriter.write(graph, file(), WriteOptions.DEFAULT.withExternalData());
  }

  private static Node node(
      org.pellucid.graph.Operation operation, String output, String... inputs) {
    return new Node(output, operation, List.of(inputs), output, "");
  }

  private static Tensor weight(int seed, int... dims) {
    Shape shape = Shape.of(dims);
    float[] elements = new float[Math.toIntExact(shape.size())];
    SplittableRandom random = new SplittableRandom(seed);
    double scale = 2 * Math.sqrt(3 / (shape.size() / (double) dims[0]));
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) (scale * (random.nextDouble() - 0.5));
    }
    return Tensor.of(shape, elements);
  }

  private void use(List<String> backends) throws IOException {
    float largest = Float.NaN;
    for (String backend : backends) {
      try (Pellucid pellucid = Pellucid.loader().backend(backend).load(file())) {
        if (!pellucid.graph().constants().get("w0").isMapped()) {
          System.out.println("wrong: weights were copied");
        }
        Prediction first = pellucid.predict(Map.of("image", image)).get(0);
        if (Math.abs(first.score() - largest) > 1e-4 * Math.abs(largest)) {
          System.out.println("wrong: " + backend + " has " + first + ", not " + largest);
        }
        largest = (float) first.score();
        pellucid.explain("image", Map.of("image", image), Request.DEFAULT, Progress.NONE);
        System.out.println(backend + " works, " + first.score());
      }
    }
    awaitRelease();
  }

  private void shorten(List<String> backends) throws IOException {
    List<Pellucid> models = new ArrayList<>();
    for (String backend : backends) {
      models.add(Pellucid.loader().backend(backend).load(file()));
    }
    try (FileChannel channel = FileChannel.open(data(), StandardOpenOption.WRITE)) {
      channel.truncate(1 << 20);
    }
    for (int i = 0; i < models.size(); i++) {
      try (Pellucid pellucid = models.get(i)) {
        pellucid.predict(Map.of("image", image));
        System.out.println("wrong: " + backends.get(i) + " computes with weights that are gone");
      } catch (MalformedInputException e) {
        System.out.println(backends.get(i) + " refuses: " + e.getMessage());
      }
    }
    try (Pellucid again = Pellucid.load(file())) {
      System.out.println("wrong: read again " + again.graph().constantBytes());
    } catch (MalformedInputException e) {
      System.out.println("the reader refuses: " + e.getMessage());
    }
  }

  /** What nobody has any more is unmapped by the garbage collector. */
  private void awaitRelease() throws IOException {
    Path maps = Path.of("/proc/self/maps");
    if (!Files.exists(maps)) {
      return;
    }
    for (int i = 0; i < 50; i++) {
      System.gc();
      try (var lines = Files.lines(maps)) {
        if (lines.noneMatch(line -> line.contains(data().getFileName().toString()))) {
          System.out.println("released");
          return;
        }
      }
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    System.out.println("wrong: the file is still mapped");
  }
}
