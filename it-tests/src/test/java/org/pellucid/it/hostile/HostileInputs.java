package org.pellucid.it.hostile;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pellucid.cli.Main;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.onnx.OnnxMessage;
import org.pellucid.onnx.OnnxModelBuilder;
import picocli.CommandLine;

/**
 * Gives the command files that mean harm, one after the other. Each must end soon, with one line
 * and the exit code for what is wrong. Arguments: an empty folder, and the folder of examples.
 * Prints a line for each; those that begin with {@code wrong} are failures.
 */
public final class HostileInputs {
  /** Of the thread's own time, so that a busy machine does no harm. */
  private static final double MOST_SECONDS = 10;

  private static final int UNSUPPORTED = 3;
  private static final int MALFORMED = 5;

  private final Path folder;
  private final HostileFiles files;
  private final Path image;
  private final Path example;

  private HostileInputs(Path folder, Path examples) {
    this.folder = folder;
    this.files = new HostileFiles(folder);
    this.image = examples.resolve("hexagon.png");
    this.example = examples.resolve("shapes.onnx");
  }

  /** Begins. */
  public static void main(String[] arguments) throws IOException {
    HostileInputs inputs = new HostileInputs(Path.of(arguments[0]), Path.of(arguments[1]));
    inputs.sizes();
    inputs.graphs();
    inputs.externalData();
    inputs.numbers();
    inputs.shapes();
    inputs.images();
    inputs.arrays();
    inputs.others();
    System.out.println("all were tried");
  }

  private void sizes() throws IOException {
    model("more elements than bytes", weight(1, 2_000_000_000L).blob(9, new byte[8]), "needed");
    model("2^62 elements", weight(1, 1L << 31, 1L << 31).blob(9, new byte[8]), "impossible shape");
    model("negative length", weight(1, -1).blob(9, new byte[8]), "impossible shape");
    model("packed integers", weight(7, 1 << 30).packed(7, 1L, 2L), "at most 2 elements");
    byte[] cut = Files.readAllBytes(example);
    expect("cut", MALFORMED, "layers", files.write("m.onnx", Arrays.copyOf(cut, 9999)));
    byte[] field = {8, 8, 0x3a, -1, -1, -1, -1, 7, 0};
    expect("2 GiB of graph", MALFORMED, "claims", "layers", files.write("m.onnx", field));
  }

  private void graphs() throws IOException {
    expect(
        "cycle",
        MALFORMED,
        "cycle",
        "layers",
        model(
            builder()
                .node("Add", List.of("x", "b"), List.of("a"))
                .node("Relu", List.of("a"), List.of("b"))
                .output("b")));
    OnnxModelBuilder ring = builder();
    for (int i = 0; i < 50_000; i++) {
      ring.node("Relu", List.of("t" + i), List.of("t" + (i + 1) % 50_000));
    }
    expect("a cycle of 50000", MALFORMED, "cycle", "layers", model(ring.output("t7")));
    expect(
        "two makers",
        MALFORMED,
        "also",
        "layers",
        model(
            builder()
                .node("Relu", List.of("x"), List.of("y"))
                .node("Abs", List.of("x"), List.of("y"))
                .output("y")));
    expect(
        "dangling",
        MALFORMED,
        "which nothing makes",
        "layers",
        model(builder().node("Add", List.of("x", "nothing"), List.of("y")).output("y")));
    OnnxMessage inner = new OnnxMessage();
    for (int i = 0; i < 3000; i++) {
      OnnxMessage choice = OnnxModelBuilder.nodeMessage("", "If", List.of("c"), List.of("d"));
      choice.message(5, new OnnxMessage().text(1, "then_branch").number(20, 5).message(6, inner));
      inner = new OnnxMessage().message(1, choice).message(12, new OnnxMessage().text(1, "d"));
    }
    OnnxMessage outer = OnnxModelBuilder.nodeMessage("", "If", List.of("c"), List.of("y"));
    outer.message(5, new OnnxMessage().text(1, "then_branch").number(20, 5).message(6, inner));
    expect(
        "3000 branches in each other",
        -1,
        "",
        "layers",
        model(
            builder().initializer("c", Tensor.of(Shape.of(1), (byte) 1)).node(outer).output("y")));
    OnnxModelBuilder chain = builder();
    for (int i = 0; i < 20_000; i++) {
      chain.node("Relu", List.of(i == 0 ? "x" : "t" + i), List.of("t" + (i + 1)));
    }
    expect("20000 layers", 0, "", "predict", model(chain.output("t20000")), "--npy", array());
  }

  private void externalData() throws IOException {
    Path secret = folder.resolveSibling("secret-" + folder.getFileName());
    Files.write(secret, new byte[16]);
    try {
      external("../" + secret.getFileName(), "leaves the model's directory");
      external(secret.toAbsolutePath().toString(), "not relative");
      external("a/../../" + secret.getFileName(), "leaves the model's directory");
      Path link = folder.resolve("link.bin");
      Files.createSymbolicLink(link, secret);
      external("link.bin", "link that leaves");
      Files.delete(link);
    } finally {
      Files.delete(secret);
    }
    external("/dev/zero", "not relative");
    files.sparse("sparse.bin", 1L << 40);
    OnnxMessage large = weight(1, (1L << 29) - 1, 4);
    external(large, "sparse.bin");
    expect("8 GiB that are there", UNSUPPORTED, "-Xmx", "layers", model(usingWeight(large)));
    OnnxMessage beyond = weight(1, 4);
    external(beyond, "sparse.bin");
    beyond.message(13, entry("offset", Long.toString(1L << 41)));
    expect("beyond the end", MALFORMED, "which has", "layers", model(usingWeight(beyond)));
  }

  private static OnnxMessage entry(String key, String value) {
    return new OnnxMessage().text(1, key).text(2, value);
  }

  private static void external(OnnxMessage tensor, String location) {
    tensor.number(14, 1).message(13, entry("location", location));
  }

  private void external(String location, String part) throws IOException {
    OnnxMessage tensor = weight(1, 4);
    external(tensor, location);
    expect(location, MALFORMED, part, "layers", model(usingWeight(tensor)));
  }

  private void numbers() throws IOException {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      OnnxMessage tensor = OnnxModelBuilder.tensor("w", Tensor.of(Shape.of(4), 1f, 2f, bad, 0f));
      model(bad + " in a weight", tensor, "must be finite numbers");
    }
    for (float other : new float[] {1, Float.NaN, Float.POSITIVE_INFINITY}) {
      float low = Float.NEGATIVE_INFINITY;
      OnnxMessage mask = OnnxModelBuilder.tensor("w", Tensor.of(Shape.of(4), 0f, low, 0f, other));
      model(other + " in a mask", mask, "must be finite numbers");
    }
    byte[] half = {0, 0x7e, 0, 0x3c, 0, 0x3c, 0, 0x3c};
    model("NaN in float16", weight(10, 4).blob(9, half), "must be finite numbers");
    byte[] wide = new byte[32];
    wide[7] = 0x7f;
    wide[6] = (byte) 0xe0;
    model("1e308 in double", weight(11, 4).blob(9, wide), "must be finite numbers");
    OnnxModelBuilder overflow =
        builder().initializer("w", Tensor.of(Shape.of(4), 3e38f, 3e38f, 3e38f, 3e38f));
    overflow
        .node("Mul", List.of("x", "w"), List.of("a"))
        .node("Mul", List.of("a", "w"), List.of("y"));
    expect(
        "scores beyond float32", -1, "", "predict", model(overflow.output("y")), "--npy", array());
  }

  private void shapes() throws IOException {
    OnnxModelBuilder doubled = builder();
    for (int i = 0; i < 40; i++) {
      String from = i == 0 ? "x" : "t" + i;
      doubled.node("Concat", List.of(from, from), List.of("t" + (i + 1)), "axis", 1);
    }
    expect("doubled 40 times", UNSUPPORTED, "2^31", "layers", model(doubled.output("t40")));
    expect("8 GB in one tensor", -1, "", "predict", tiled(500_000_000), "--npy", array());
    expect("2^60 elements", UNSUPPORTED, "2^31", "layers", tiled(1L << 58));
    expect(
        "a resize by 1e6",
        MALFORMED,
        "cannot be scaled",
        "layers",
        model(
            new OnnxModelBuilder(13)
                .input("x", 1, 1, 64, 64)
                .initializer("s", Tensor.of(Shape.of(4), 1f, 1f, 1e6f, 1e6f))
                .node("Resize", List.of("x", "", "s"), List.of("y"), "mode", "nearest")
                .output("y")));
    expect(
        "padded by 2^40",
        UNSUPPORTED,
        "2^31",
        "layers",
        model(
            builder()
                .initializer("p", Tensor.of(Shape.of(4), 0L, 1L << 40, 0L, 1L << 40))
                .node("Pad", List.of("x", "p"), List.of("y"))
                .output("y")));
    expect(
        "strides of 1e5",
        UNSUPPORTED,
        "2^31",
        "layers",
        model(
            new OnnxModelBuilder(13)
                .input("x", 1, 1, 9, 9)
                .initializer("w", Tensor.of(Shape.of(1, 1, 1, 1), 1f))
                .node(
                    "ConvTranspose",
                    List.of("x", "w"),
                    List.of("y"),
                    "strides",
                    new int[] {100_000, 100_000})
                .output("y")));
    OnnxModelBuilder tables = builder().initializer("s", Tensor.of(Shape.of(1), 1_000_000L));
    for (int i = 0; i < 2000; i++) {
      tables.node("ConstantOfShape", List.of("s"), List.of("z" + i)).output("z" + i);
    }
    expect("2000 tables", -1, "", "layers", model(tables));
  }

  private Path tiled(long times) throws IOException {
    return model(
        builder()
            .initializer("r", Tensor.of(Shape.of(2), 1L, times))
            .node("Tile", List.of("x", "r"), List.of("t"))
            .node("ReduceMax", List.of("t"), List.of("y"), "axes", new int[] {1})
            .output("y"));
  }

  private void images() throws IOException {
    Path bomb = files.png("bomb.png", 20_000, 10_000);
    expect("600 MB of black", MALFORMED, "", "predict", example, bomb);
    Path large = files.png("large.png", 10_000, 9_900);
    expect("300 MB of black", -1, "", "predict", example, large);
    expect("a sparse image", MALFORMED, "", "predict", example, files.sparse("z.png", 1L << 38));
  }

  private void arrays() throws IOException {
    Path lies = files.npy("a.npy", "(1, 3, 64000, 64000)", 64);
    expect("an array that lies", MALFORMED, "", "predict", example, "--npy", lies);
    Path bomb = files.zip("a.npz", "x.npy", 64 << 20);
    expect("an npz of 64 MiB", MALFORMED, "npz", "predict", example, "--npy", bomb);
    Path asNpy = Files.copy(bomb, folder.resolve("b.npy"));
    expect("the same as npy", MALFORMED, "", "predict", example, "--npy", asNpy);
  }

  private void others() throws IOException {
    Path zip = files.zip("bomb.zip", "configuration.json", 64 << 20);
    expect("a zip of 64 MiB", MALFORMED, "longer than", "layers", zip);
    Path mine = Files.copy(example, folder.resolve("mine.onnx"));
    Path beside = files.sparse("mine.labels.txt", 1L << 38);
    expect("labels of 256 GiB", MALFORMED, "at most", "predict", mine, image);
    Files.delete(beside);
    beside = files.sparse("mine.preset.json", 1L << 38);
    expect("a preset of 256 GiB", MALFORMED, "at most", "predict", mine, image);
    Files.delete(beside);
  }

  /** An array for the models of {@link #builder}. */
  private Path array() throws IOException {
    return files.npy("x.npy", "(1, 4)", 16);
  }

  private static OnnxModelBuilder builder() {
    return new OnnxModelBuilder(13).input("x", 1, 4);
  }

  private static OnnxMessage weight(int type, long... dims) {
    OnnxMessage tensor = new OnnxMessage().text(8, "w").number(2, type);
    for (long dim : dims) {
      tensor.number(1, dim);
    }
    return tensor;
  }

  private static OnnxModelBuilder usingWeight(OnnxMessage tensor) {
    return builder().initializer(tensor).node("Add", List.of("x", "w"), List.of("y")).output("y");
  }

  private Path model(OnnxModelBuilder model) throws IOException {
    return files.write("m.onnx", model.bytes());
  }

  private void model(String what, OnnxMessage weight, String part) throws IOException {
    expect(what, MALFORMED, part, "layers", model(usingWeight(weight)));
  }

  private static void expect(String what, int code, String command, Path model) {
    expect(what, code, "", command, model);
  }

  /**
   * Runs the command.
   *
   * @param code the exit code; -1 for 0, or any that says that the input is at fault
   * @param part of the line that it prints
   */
  private static void expect(String what, int code, String part, Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    List<String> texts = new ArrayList<>();
    for (Object argument : arguments) {
      texts.add(String.valueOf(argument));
    }
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    int found = line.execute(texts.toArray(String[]::new));
    double took = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before) / 1e9;
    String said = err.toString().strip();
    boolean right = code == -1 ? found == 0 || found >= 2 && found <= 5 : found == code;
    boolean told =
        found == 0
            || said.startsWith("pellucid: ")
                && said.lines().count() == 1
                && said.contains(part)
                && !said.contains("internal error");
    System.out.printf(
        "%s%s: %d in %.1f s, %s%n",
        right && told && took < MOST_SECONDS ? "" : "wrong: ", what, found, took, said);
  }
}
