package org.pellucid.it.hostile;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;
import org.pellucid.onnx.OnnxImporter;
import org.pellucid.onnx.OnnxMessage;
import org.pellucid.onnx.OnnxModelBuilder;

/**
 * Writes and reads a model of more than 2 GiB of weights. The file of the weights is a hole but for
 * the first and the last element of each, so that it takes hardly any room on the disk. Argument:
 * the folder. Prints what happened; a line that begins with {@code wrong} is a failure.
 */
public final class LargeModel {
  private static final int WIDTH = 4096;
  private static final int LAYERS = 36;
  private static final long BYTES = (long) WIDTH * WIDTH * Float.BYTES;

  private LargeModel() {}

  /** Begins. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    OnnxModelBuilder model = new OnnxModelBuilder(13).input("x", 1, WIDTH);
    try (RandomAccessFile data = new RandomAccessFile(folder.resolve("large.bin").toFile(), "rw")) {
      data.setLength(LAYERS * BYTES);
      for (int i = 0; i < LAYERS; i++) {
        model.initializer(weight(i));
        String from = i == 0 ? "x" : "y" + (i - 1);
        model.node("MatMul", List.of(from, "w" + i), List.of("y" + i));
        put(data, i * BYTES, i + 1);
        put(data, (i + 1) * BYTES - Float.BYTES, -i - 1);
      }
    }
    Path file = folder.resolve("large.onnx");
    Files.write(file, model.output("y" + (LAYERS - 1)).bytes());
    long begin = System.nanoTime();
    ModelGraph graph = new OnnxImporter().read(file, ImportOptions.DEFAULT);
    double seconds = (System.nanoTime() - begin) / 1e9;
    for (int i = 0; i < LAYERS; i++) {
      Tensor weight = graph.constants().get("w" + i);
      if (!weight.isMapped()
          || weight.get(0) != i + 1
          || weight.get(1) != 0
          || weight.get(weight.size() - 1) != -i - 1) {
        System.out.println("wrong: " + weight);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "read %d MiB in %.1f s with %d MiB of heap%n",
        graph.constantBytes() >> 20,
        seconds,
        Runtime.getRuntime().maxMemory() >> 20);
  }

  private static OnnxMessage weight(int index) {
    return new OnnxMessage()
        .number(1, WIDTH)
        .number(1, WIDTH)
        .number(2, 1)
        .text(8, "w" + index)
        .number(14, 1)
        .message(13, entry("location", "large.bin"))
        .message(13, entry("offset", Long.toString(index * BYTES)))
        .message(13, entry("length", Long.toString(BYTES)));
  }

  private static OnnxMessage entry(String key, String value) {
    return new OnnxMessage().text(1, key).text(2, value);
  }

  private static void put(RandomAccessFile data, long at, float number) throws IOException {
    byte[] bytes = new byte[Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(number);
    data.seek(at);
    data.write(bytes);
  }
}
