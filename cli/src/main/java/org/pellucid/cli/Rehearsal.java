package org.pellucid.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.BatchNormalization;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Unary;
import org.pellucid.onnx.OnnxWriter;
import org.pellucid.onnx.WriteOptions;
import picocli.CommandLine;

/** What people do first, done with a small network, so that the classes for it are known. */
final class Rehearsal {
  private static final int SIZE = 32;
  private static final int MAPS = 8;
  private static final int CLASSES = 3;

  private Rehearsal() {}

  /**
   * Runs it.
   *
   * @param stage an empty directory
   * @return the exit code of the first command that went wrong, or 0
   */
  static int in(Path stage) throws IOException {
    String model = stage.resolve("model.onnx").toString();
    String image = stage.resolve("image.png").toString();
    OnnxWriter.write(network(), Path.of(model), WriteOptions.DEFAULT);
    ImageIO.write(picture(), "png", Path.of(image).toFile());
    String out = stage.resolve("out").toString();
    List<List<String>> commands =
        List.of(
            List.of("explain", model, image, "-o", out),
            List.of(
                "explain", model, image, "-o", out, "--method", "grad-cam", "--target", "top:2"),
            List.of("predict", model, image),
            List.of("layers", model));
    for (List<String> command : commands) {
      String[] arguments = command.toArray(String[]::new);
      PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
      CommandLine line = Main.commandLine(arguments).setOut(nowhere).setErr(nowhere);
      int code = line.execute(arguments);
      if (code != 0) {
        return code;
      }
    }
    return 0;
  }

  /** With what most convolutional classifiers are made of. */
  private static ModelGraph network() {
    Map<String, Tensor> constants = new LinkedHashMap<>();
    constants.put("first", random(MAPS, 3, 3, 3));
    constants.put("second", random(MAPS, MAPS, 3, 3));
    constants.put("dense", random(CLASSES, MAPS));
    constants.put("bias", random(CLASSES));
    for (String statistic : List.of("scale", "shift", "mean", "variance")) {
      constants.put(statistic, random(MAPS));
    }
    Conv conv = new Conv(both(1), both(1), both(1), both(1), 1);
    MaxPool pool = new MaxPool(both(2), both(2), both(1), both(0), both(0), false);
    List<Node> nodes =
        List.of(
            node("conv1", conv, "image", "first"),
            node(
                "norm",
                new BatchNormalization(1e-5),
                "conv1",
                "scale",
                "shift",
                "mean",
                "variance"),
            node("relu1", new Unary.Relu(), "norm"),
            node("pool", pool, "relu1"),
            node("conv2", conv, "pool", "second"),
            node("sum", new Binary.Add(), "conv2", "pool"),
            node("relu2", new Unary.Relu(), "sum"),
            node("mean2", new Reduce.ReduceMean(List.of(2, 3), true), "relu2"),
            node("flat", new Reshape(Shape.of(1, MAPS)), "mean2"),
            node("scores", new Gemm(1, 1, false, true), "flat", "dense", "bias"));
    TensorType image = new TensorType(ElementType.FLOAT32, Shape.of(1, 3, SIZE, SIZE));
    return ModelGraph.of(Map.of("image", image), constants, nodes, List.of("scores"), Map.of());
  }

  private static Node node(String name, Operation operation, String... inputs) {
    return new Node(name, operation, List.of(inputs), name, "");
  }

  private static List<Integer> both(int value) {
    return Collections.nCopies(2, value);
  }

  private static Tensor random(int... dims) {
    Shape shape = Shape.of(dims);
    SplittableRandom random = new SplittableRandom(shape.size());
    float[] elements = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) random.nextDouble(0.1, 1);
    }
    return Tensor.of(shape, elements);
  }

  private static BufferedImage picture() {
    BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < SIZE * SIZE; i++) {
      image.setRGB(i % SIZE, i / SIZE, i * 0x1234567);
    }
    return image;
  }
}
