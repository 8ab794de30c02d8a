package org.pellucid.it.hostile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadedModel;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.it.Backends;
import org.pellucid.onnx.OnnxImporter;
import org.pellucid.onnx.OnnxMessage;
import org.pellucid.onnx.OnnxModelBuilder;

/**
 * Reads and runs a model whose weights, of 192 MiB as float32, are stored as float16, bfloat16 and
 * double. Arguments: the folder, the backend, a folder for temporary files. Prints what happened; a
 * line that begins with {@code wrong} is a failure.
 */
public final class NarrowModel {
  private static final int WIDTH = 4096;

  /** Multiples of the unit matrix: the type's number, its bytes, and the bits of what is on it. */
  private enum Stored {
    FLOAT16(10, 2, 0x3E00, 1.5),
    BFLOAT16(16, 2, 0xC000, -2),
    DOUBLE(11, 8, Double.doubleToLongBits(0.25), 0.25);

    final int type;
    final int width;
    final long bits;
    final double factor;

    Stored(int type, int width, long bits, double factor) {
      this.type = type;
      this.width = width;
      this.bits = bits;
      this.factor = factor;
    }
  }

  private NarrowModel() {}

  /** Begins. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    System.setProperty("java.io.tmpdir", arguments[2]);
    OnnxModelBuilder model = new OnnxModelBuilder(13).input("x", 1, WIDTH);
    String last = "x";
    double factor = 1;
    for (Stored stored : Stored.values()) {
      String name = stored.name().toLowerCase(Locale.ROOT);
      write(folder.resolve(name + ".bin"), stored);
      model.initializer(
          new OnnxMessage()
              .number(1, WIDTH)
              .number(1, WIDTH)
              .number(2, stored.type)
              .text(8, name)
              .number(14, 1)
              .message(13, new OnnxMessage().text(1, "location").text(2, name + ".bin")));
      model.node("MatMul", List.of(last, name), List.of("y-" + name));
      last = "y-" + name;
      factor *= stored.factor;
    }
    Path file = Files.write(folder.resolve("narrow.onnx"), model.output(last).bytes());
    ModelGraph graph = new OnnxImporter().read(file, ImportOptions.DEFAULT);
    graph
        .constants()
        .forEach(
            (name, value) -> {
              if (!value.isMapped()) {
                System.out.println("wrong: " + name + " was copied");
              }
            });
    run(graph, Backends.of(arguments[1]), last, factor);
  }

  private static void run(ModelGraph graph, GradientBackend backend, String output, double factor) {
    float[] numbers = new float[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      numbers[i] = i % 7 - 3;
    }
    Map<String, Tensor> inputs = Map.of("x", Tensor.of(Shape.of(1, WIDTH), numbers));
    try (LoadedModel model = backend.load(graph, Backends.options(backend));
        ForwardPass pass = model.forward(inputs, Set.of())) {
      Tensor found = pass.outputs().get(output);
      for (int i = 0; i < WIDTH; i++) {
        if (found.get(i) != factor * numbers[i]) {
          System.out.println("wrong: at " + i + " " + found.get(i));
        }
      }
    }
    System.out.println(backend.id() + " works");
  }

  private static void write(Path file, Stored stored) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer row = ByteBuffer.allocate(WIDTH * stored.width).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < WIDTH; i++) {
        Arrays.fill(row.array(), (byte) 0);
        for (int b = 0; b < stored.width; b++) {
          row.put(i * stored.width + b, (byte) (stored.bits >> 8 * b));
        }
        row.clear();
        while (row.hasRemaining()) {
          channel.write(row);
        }
      }
    }
  }
}
