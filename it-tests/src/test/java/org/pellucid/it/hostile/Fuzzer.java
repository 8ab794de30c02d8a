package org.pellucid.it.hostile;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.pellucid.core.Layers;
import org.pellucid.core.image.SourceImage;
import org.pellucid.core.io.Npy;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.PellucidException;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.Batching;
import org.pellucid.graph.pass.ScoreOutput;
import org.pellucid.it.operations.OperationCase;
import org.pellucid.it.operations.OperationCases;
import org.pellucid.onnx.OnnxImporter;

/**
 * Reads damaged models, images and arrays. Each must be read, or refused by one of the product's
 * own exceptions in one line, within the memory that this JVM was given and a few seconds.
 * Arguments: the folder of examples, a folder for files, a seed, and how many files of each kind.
 * The same seed damages alike. Prints a line per kind; ends with 1 at the first file that does
 * harm, which it leaves in the folder.
 */
public final class Fuzzer {
  /** Of the thread's own time, so that a busy machine does no harm. */
  private static final long MOST_NANOSECONDS = 10_000_000_000L;

  /** Of so many cases of single operators one is in the corpus. */
  private static final int CASES_APART = 7;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Path folder;
  private final long seed;
  private final int count;

  private Fuzzer(Path folder, long seed, int count) {
    this.folder = folder;
    this.seed = seed;
    this.count = count;
  }

  /** Reads a file. */
  private interface Reader {
    void read(Path file) throws IOException;
  }

  /** Begins. */
  public static void main(String[] arguments) throws IOException {
    Path examples = Path.of(arguments[0]);
    Fuzzer fuzzer =
        new Fuzzer(
            Path.of(arguments[1]), Long.parseLong(arguments[2]), Integer.parseInt(arguments[3]));
    boolean harmless =
        fuzzer.run("models", "onnx", models(examples), Fuzzer::readModel)
            && fuzzer.run("images", "img", images(examples), SourceImage::read)
            && fuzzer.run("arrays", "npy", fuzzer.arrays(), Npy::read);
    System.exit(harmless ? 0 : 1);
  }

  private boolean run(String kind, String extension, List<byte[]> corpus, Reader reader)
      throws IOException {
    Mutations mutations = new Mutations(new Random(seed));
    int read = 0;
    long slowest = 0;
    for (int n = 0; n < count; n++) {
      byte[] bytes = mutations.next(corpus);
      Path file = Files.write(folder.resolve("fuzzed." + extension), bytes);
      long begin = THREADS.getCurrentThreadCpuTime();
      String harm = "";
      try {
        reader.read(file);
        read++;
      } catch (PellucidException e) {
        harm = wrong(e.getMessage());
      } catch (Throwable e) {
        e.printStackTrace();
        harm = e.toString();
      }
      long took = THREADS.getCurrentThreadCpuTime() - begin;
      slowest = Math.max(slowest, took);
      if (harm.isEmpty() && took > MOST_NANOSECONDS) {
        harm = "it took " + took / 1_000_000 + " ms";
      }
      if (!harm.isEmpty()) {
        Path kept = folder.resolve("harmful-" + seed + "-" + n + "." + extension);
        Files.write(kept, bytes);
        System.out.println(kind + " " + n + " of seed " + seed + ", " + kept + ": " + harm);
        return false;
      }
    }
    System.out.println(
        kind
            + ": "
            + count
            + ", of which "
            + read
            + " read; "
            + slowest / 1_000_000
            + " ms at most");
    return true;
  }

  private static String wrong(String message) {
    boolean told = message != null && !message.isBlank() && message.lines().count() == 1;
    return told && message.length() < 4000 ? "" : "the message is \"" + message + "\"";
  }

  /** As far as a model is looked at before it runs. */
  private static void readModel(Path file) {
    ModelGraph graph = new OnnxImporter().read(file, ImportOptions.DEFAULT);
    Batching.of(graph);
    String scores = ScoreOutput.of(graph, graph.outputs().get(0)).logits();
    if (!graph.inputs().isEmpty()) {
      Layers.of(graph, graph.inputs().keySet().iterator().next(), scores);
    }
  }

  private static List<byte[]> models(Path examples) throws IOException {
    List<byte[]> models = new ArrayList<>();
    models.add(Files.readAllBytes(examples.resolve("shapes.onnx")));
    List<OperationCase> cases = OperationCases.all();
    for (int i = 0; i < cases.size(); i += CASES_APART) {
      models.add(cases.get(i).model());
    }
    return models;
  }

  private static List<byte[]> images(Path examples) throws IOException {
    List<byte[]> images = new ArrayList<>();
    try (Stream<Path> files = Files.list(examples)) {
      for (Path file :
          files.filter(path -> path.toString().matches(".*\\.(png|jpg)")).sorted().toList()) {
        images.add(Files.readAllBytes(file));
      }
    }
    BufferedImage small = new BufferedImage(9, 7, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 63; i++) {
      small.setRGB(i % 9, i / 9, i * 0x030507);
    }
    for (String format : new String[] {"png", "jpg", "bmp", "gif"}) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      ImageIO.write(small, format, bytes);
      images.add(bytes.toByteArray());
    }
    return images;
  }

  private List<byte[]> arrays() throws IOException {
    Path file = folder.resolve("array.npy");
    List<byte[]> arrays = new ArrayList<>();
    for (Tensor tensor :
        List.of(
            Tensor.of(Shape.of(2, 3), 1f, 2f, 3f, 4f, 5f, 6f),
            Tensor.of(Shape.of(4), 1.0, -2.0, 0.5, 1e300),
            Tensor.of(Shape.of(2, 1), 7L, -9L),
            Tensor.of(Shape.of(), 2f))) {
      Npy.write(file, tensor);
      arrays.add(Files.readAllBytes(file));
    }
    return arrays;
  }
}
