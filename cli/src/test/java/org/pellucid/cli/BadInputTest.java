package org.pellucid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged, hostile and missing files: one line each, the right code, no trace of the inside. */
class BadInputTest {
  private static final int FLIPS = 200;

  @TempDir private Path folder;

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void assertOneLine(String what, Cli.Outcome outcome) {
    assertThat(outcome.err())
        .as(what)
        .startsWith("pellucid: ")
        .hasLineCount(1)
        .doesNotContain("internal error", "Exception", "at org.", "at java.", "OutOfMemory");
    assertThat(outcome.code()).as("%s: %s", what, outcome.err()).isBetween(2, 5);
    assertThat(outcome.out()).as(what).isEmpty();
  }

  private static void assertMalformed(String what, Cli.Outcome outcome) {
    assertOneLine(what, outcome);
    assertThat(outcome.code()).as("%s: %s", what, outcome.err()).isEqualTo(Failures.MALFORMED);
  }

  // ---- models

  @Test
  void files_that_are_no_models() throws IOException {
    Random random = new Random(7);
    byte[] noise = new byte[5000];
    random.nextBytes(noise);
    Map<String, Path> models = new LinkedHashMap<>();
    models.put("missing", folder.resolve("missing.onnx"));
    models.put("a directory", Files.createDirectory(folder.resolve("directory.onnx")));
    models.put("empty", file("empty.onnx", new byte[0]));
    models.put("noise", file("noise.onnx", noise));
    models.put("zeros", file("zeros.onnx", new byte[4096]));
    models.put("ones", file("ones.onnx", bytes("\u00ff".repeat(4096))));
    models.put("text", file("text.onnx", bytes("This is not a model.\n".repeat(50))));
    models.put("an image", file("image.onnx", Files.readAllBytes(Cli.HEXAGON)));
    models.put("another name", file("model.h5", Files.readAllBytes(Cli.HEXAGON)));
    // One field of 2 GiB, one of 2^63 bytes, one that ends in the middle of its length.
    models.put("huge field", file("huge.onnx", bytes("\u003a\u00ff\u00ff\u00ff\u00ff\u0007")));
    models.put(
        "absurd field",
        file("absurd.onnx", bytes("\u003a\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f")));
    models.put("cut length", file("cut.onnx", bytes("\u003a\u00ff")));
    models.forEach(
        (what, model) -> {
          assertMalformed(what, Cli.run("explain", model, Cli.HEXAGON, "-o", folder.resolve("o")));
          assertMalformed(what, Cli.run("layers", model));
        });
    assertOneLine("nested", Cli.run("layers", file("nested.onnx", nested(20_000))));
  }

  /**
   * Graphs within graphs, deeper than any stack: a model whose graph has a node with an attribute
   * that is a graph with a node ...
   */
  private static byte[] nested(int depth) {
    byte[] inner = new byte[0];
    int[] tags = {0x3a, 0x0a, 0x2a, 0x32}; // model.graph, graph.node, node.attribute, attribute.g
    ByteArrayOutputStream reversed = new ByteArrayOutputStream();
    long length = inner.length;
    for (int i = 0; i < depth; i++) {
      int tag = tags[1 + (depth - 1 - i) % 3];
      length += writeReversed(reversed, i == depth - 1 ? tags[0] : tag, length);
    }
    byte[] bytes = reversed.toByteArray();
    for (int i = 0; i < bytes.length / 2; i++) {
      byte swapped = bytes[i];
      bytes[i] = bytes[bytes.length - 1 - i];
      bytes[bytes.length - 1 - i] = swapped;
    }
    return bytes;
  }

  private static int writeReversed(ByteArrayOutputStream out, int tag, long length) {
    byte[] varint = new byte[10];
    int count = 0;
    long rest = length;
    do {
      varint[count++] = (byte) ((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
      rest >>>= 7;
    } while (rest > 0);
    for (int i = count - 1; i >= 0; i--) {
      out.write(varint[i]);
    }
    out.write(tag);
    return count + 1;
  }

  @Test
  void a_model_cut_off_anywhere() throws IOException {
    byte[] whole = Files.readAllBytes(Cli.SHAPES);
    for (int i = 1; i < 15; i++) {
      int length = (int) ((long) whole.length * i / 15);
      Path model = file("cut.onnx", Arrays.copyOf(whole, length));
      assertMalformed("cut to " + length, Cli.run("layers", model));
    }
    byte[] small = Files.readAllBytes(Cli.model("two-inputs"));
    for (int length = 0; length < small.length; length += 29) {
      Path model = file("cut.onnx", Arrays.copyOf(small, length));
      assertOneLine("cut to " + length, Cli.run("layers", model));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"two-inputs", "channels-last", "open-size", "known-answer"})
  void flipped_bytes_never_show_the_inside(String name) throws IOException {
    byte[] whole = Files.readAllBytes(Cli.model(name));
    Random random = new Random(name.hashCode());
    for (int i = 0; i < FLIPS / 4; i++) {
      byte[] damaged = whole.clone();
      int flips = 1 + random.nextInt(3);
      for (int j = 0; j < flips; j++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Path model = file("flipped.onnx", damaged);
      Cli.Outcome outcome = Cli.run("layers", model);
      // Most bytes are weights and names: many of these models are as good as before.
      if (outcome.code() != 0) {
        assertOneLine(name + ", flip " + i, outcome);
      }
    }
  }

  @Test
  void flipped_bytes_of_the_example_never_show_the_inside() throws IOException {
    byte[] whole = Files.readAllBytes(Cli.SHAPES);
    Random random = new Random(11);
    for (int i = 0; i < 40; i++) {
      byte[] damaged = whole.clone();
      // The structure stands at both ends, the weights between.
      int at = random.nextInt(6000);
      damaged[random.nextBoolean() ? at : damaged.length - 1 - at] = (byte) random.nextInt(256);
      Path model = file("flipped.onnx", damaged);
      Cli.Outcome outcome = Cli.run("layers", model);
      if (outcome.code() != 0) {
        assertOneLine("flip " + i, outcome);
      }
    }
  }

  @Test
  void weights_that_are_no_numbers() {
    Cli.Outcome outcome = Cli.run("explain", Cli.model("nan-weight"), Cli.HEXAGON, Cli.HEXAGON);
    assertMalformed("NaN", outcome);
    assertThat(outcome.err()).contains("matrix").contains("NaN");
  }

  @Test
  void shapes_that_do_not_fit_their_data() throws IOException {
    byte[] whole = Files.readAllBytes(Cli.model("known-answer"));
    // The weight of the convolution has dims 2, 1, 3, 3, each a field of its own.
    byte[] dims = {0x08, 2, 0x08, 1, 0x08, 3, 0x08, 3};
    int at = indexOf(whole, dims);
    for (int[] change : new int[][] {{1, 3}, {1, 127}, {3, 2}, {5, 4}, {7, 0}}) {
      byte[] lying = whole.clone();
      lying[at + change[0]] = (byte) change[1];
      Path model = file("lying.onnx", lying);
      assertMalformed(Arrays.toString(change), Cli.run("layers", model));
    }
  }

  private static int indexOf(byte[] all, byte[] part) {
    for (int i = 0; i + part.length <= all.length; i++) {
      if (Arrays.equals(all, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    throw new AssertionError("The model has changed");
  }

  // ---- images

  private void assertBadImage(String what, Path image) {
    assertMalformed(what, Cli.run("predict", Cli.model("open-size"), image, "--size", "8x8"));
  }

  @Test
  void files_that_are_no_images() throws IOException {
    byte[] noise = new byte[3000];
    new Random(3).nextBytes(noise);
    assertBadImage("missing", folder.resolve("missing.png"));
    assertBadImage("directory", Files.createDirectory(folder.resolve("directory.png")));
    assertBadImage("empty", file("empty.png", new byte[0]));
    assertBadImage("noise", file("noise.jpg", noise));
    assertBadImage("text", file("text.png", bytes("no image")));
    assertBadImage("a model", file("model.png", Files.readAllBytes(Cli.model("open-size"))));
    assertBadImage("svg", file("drawing.png", bytes("<svg xmlns='http://www.w3.org/2000/svg'/>")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"hexagon.png", "two-triangles.jpg"})
  void an_image_cut_off_anywhere(String name) throws IOException {
    byte[] whole = Files.readAllBytes(Cli.EXAMPLES.resolve(name));
    for (int i = 1; i < 12; i++) {
      int length = (int) ((long) whole.length * i / 12);
      assertBadImage("cut to " + length, file(name, Arrays.copyOf(whole, length)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hexagon.png", "two-triangles.jpg"})
  void flipped_bytes_of_an_image_never_show_the_inside(String name) throws IOException {
    byte[] whole = Files.readAllBytes(Cli.EXAMPLES.resolve(name));
    Random random = new Random(5);
    for (int i = 0; i < 60; i++) {
      byte[] damaged = whole.clone();
      int at = i % 2 == 0 ? random.nextInt(700) : random.nextInt(whole.length);
      damaged[at] = (byte) random.nextInt(256);
      Cli.Outcome outcome =
          Cli.run("predict", Cli.model("open-size"), file(name, damaged), "--size", "8x8");
      if (outcome.code() != 0) {
        assertMalformed(name + " with byte " + at + " changed", outcome);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {60_000, Integer.MAX_VALUE})
  void an_image_that_claims_to_be_enormous(int side) throws IOException {
    assertBadImage("png of " + side, file("huge.png", png(side, side)));
    assertBadImage("bmp of " + side, file("huge.bmp", bmp(side, side)));
    assertBadImage("gif", file("huge.gif", bytes("GIF89a\u00ff\u00ff\u00ff\u00ff\0\0\0;")));
  }

  /** A PNG of zeros, whatever size its header says. */
  private static byte[] png(int width, int height) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeLong(0x89504e470d0a1a0aL);
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    DataOutputStream fields = new DataOutputStream(header);
    fields.writeInt(width);
    fields.writeInt(height);
    fields.write(new byte[] {8, 2, 0, 0, 0});
    chunk(out, "IHDR", header.toByteArray());
    ByteArrayOutputStream pixels = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(pixels)) {
      deflater.write(new byte[1 << 20]);
    }
    chunk(out, "IDAT", pixels.toByteArray());
    chunk(out, "IEND", new byte[0]);
    return bytes.toByteArray();
  }

  private static void chunk(DataOutputStream out, String type, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(bytes(type));
    crc.update(content);
    out.writeInt(content.length);
    out.write(bytes(type));
    out.write(content);
    out.writeInt((int) crc.getValue());
  }

  private static byte[] bmp(int width, int height) {
    java.nio.ByteBuffer buffer =
        java.nio.ByteBuffer.allocate(54).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    buffer.put(bytes("BM")).putInt(54).putInt(0).putInt(54);
    buffer.putInt(40).putInt(width).putInt(height).putShort((short) 1).putShort((short) 24);
    return buffer.array();
  }

  // ---- arrays

  private void assertBadArray(String what, Path array) {
    assertMalformed(what, Cli.run("predict", Cli.model("known-answer"), "--npy", array));
  }

  private static byte[] npy(String header, int data) {
    String padded = header + " ".repeat(Math.max(0, 117 - header.length())) + "\n";
    byte[] all = Arrays.copyOf(bytes("\u0093NUMPY\1\0v\0" + padded), 128 + data);
    return all;
  }

  @Test
  void arrays_that_lie() throws IOException {
    String good = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 4, 4), }";
    Path right = file("right.npy", npy(good, 64));
    assertThat(Cli.run("predict", Cli.model("known-answer"), "--npy", right).code()).isZero();

    assertBadArray("missing", folder.resolve("missing.npy"));
    assertBadArray("empty", file("a.npy", new byte[0]));
    assertBadArray("text", file("a.npy", bytes("1, 2, 3")));
    assertBadArray("an image", file("a.npy", Files.readAllBytes(Cli.HEXAGON)));
    assertBadArray("cut data", file("a.npy", npy(good, 63)));
    assertBadArray("cut header", file("a.npy", Arrays.copyOf(npy(good, 0), 60)));
    for (String shape :
        new String[] {
          "(1, 1, 4, 5)",
          "(16,)",
          "()",
          "(0, 1, 4, 4)",
          "(1, 4, 4)",
          "(4, 4, 1, 1)",
          "(1, 1, 4000000, 4000000)",
          "(99999999999999999999, 1, 4, 4)",
          "(-1, 1, 4, 4)",
          "(1, 1, 4, 4",
          "'four'"
        }) {
      assertBadArray(shape, file("a.npy", npy(good.replace("(1, 1, 4, 4)", shape), 64)));
    }
    for (String type : new String[] {"|O", "<U8", "<c8", "<f3", "f", "", "|V999999999"}) {
      assertBadArray(type, file("a.npy", npy(good.replace("<f4", type), 64)));
    }
  }

  // ---- what lies beside

  @Test
  void damaged_presets_and_labels() throws IOException {
    Path model = Files.copy(Cli.SHAPES, folder.resolve("mine.onnx"));
    for (String preset :
        new String[] {
          "", "{", "[]", "null", "{\"scale\": 0}", "{\"scale\": \"x\"}", "[".repeat(9999)
        }) {
      Path beside = Files.writeString(folder.resolve("mine.preset.json"), preset);
      assertMalformed("preset " + preset, Cli.run("predict", model, Cli.HEXAGON));
      Files.delete(beside);
      Path named = Files.writeString(folder.resolve("named.json"), preset);
      assertMalformed(
          "preset " + preset, Cli.run("predict", model, Cli.HEXAGON, "--preset", named));
    }
    for (byte[] labels : new byte[][] {{}, {'\n', '\n'}, {(byte) 0xff, (byte) 0xfe, 0, 1}}) {
      Path beside = file("mine.labels.txt", labels);
      assertMalformed("labels", Cli.run("predict", model, Cli.HEXAGON));
      Files.delete(beside);
    }
  }
}
