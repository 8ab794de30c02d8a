package org.pellucid.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.PellucidException;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.UnsupportedModelException;

/** Damaged files and files that mean harm: one line of explanation, in little memory and time. */
@Timeout(300)
class HostileFilesTest {
  @TempDir Path directory;

  private Path write(byte[] bytes) throws IOException {
    return Files.write(directory.resolve("model.onnx"), bytes);
  }

  private void read(byte[] bytes) throws IOException {
    new OnnxImporter().read(write(bytes), ImportOptions.DEFAULT);
  }

  /** Reads bytes of which nothing is known; whatever comes out must be one of our own failures. */
  private void survives(byte[] bytes, String what) throws IOException {
    try {
      read(bytes);
    } catch (PellucidException e) {
      assertThat(e.getMessage()).as(what).isNotBlank().hasLineCount(1);
      assertThat(e.getMessage().length()).as(what).isLessThan(2100);
    } catch (RuntimeException | Error e) {
      throw new AssertionError(what, e);
    }
  }

  private void assertMalformed(byte[] bytes, String part) {
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining(part);
  }

  private static byte[] example() throws IOException {
    return Files.readAllBytes(Path.of("..", "examples", "shapes.onnx"));
  }

  /** A model with something of everything. */
  private static byte[] rich() {
    return new OnnxModelBuilder(13)
        .input("x", "N", 2, 6, 6)
        .initializer("w", Tensor.of(Shape.of(2, 2, 1, 1), 1f, 2f, 3f, 4f))
        .initializer(
            new OnnxMessage().number(1, 2).number(2, 1).text(8, "b").packed(4, 0.5f, 0.25f))
        .initializer(
            new OnnxMessage().packed(1, 2L).number(2, 7).text(8, "shape").packed(7, 1L, -1L))
        .node("c", "Conv", List.of("x", "w", "b"), List.of("c"), "pads", new int[] {1, 1, 1, 1})
        .node("r", "LeakyRelu", List.of("c"), List.of("r"), "alpha", 0.25f)
        .node("p", "MaxPool", List.of("r"), List.of("p"), "kernel_shape", new int[] {2, 2})
        .node("t", "Transpose", List.of("p"), List.of("t"), "perm", new int[] {0, 2, 3, 1})
        .node("k", "Constant", List.of(), List.of("k"), "value", Tensor.of(Shape.of(1), 2L))
        .node("u", "Unsqueeze", List.of("t", "k"), List.of("u"))
        .node("s", "Shape", List.of("u"), List.of("s"))
        .node("g", "Gather", List.of("s", "k"), List.of("g"))
        .node("n", "Concat", List.of("g", "shape"), List.of("n"), "axis", 0)
        .node("f", "Reshape", List.of("t", "shape"), List.of("f"))
        .node("l", "Softmax", List.of("f"), List.of("l"))
        .output("l")
        .output("n")
        .bytes();
  }

  @Test
  void truncatedFiles() throws IOException {
    byte[] small = rich();
    read(small);
    for (int length = 0; length < small.length; length++) {
      survives(Arrays.copyOf(small, length), "the first " + length + " bytes");
    }
    byte[] real = example();
    for (int length = 0; length < real.length; length += real.length / 150) {
      byte[] part = Arrays.copyOf(real, length);
      assertThatThrownBy(() -> read(part))
          .as("the first %s bytes", length)
          .isInstanceOf(PellucidException.class);
    }
  }

  @Test
  void damagedFiles() throws IOException {
    Random random = new Random(7);
    byte[] small = rich();
    for (int n = 0; n < 2000; n++) {
      byte[] damaged = small.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      survives(damaged, "damage " + n);
    }
    byte[] real = example();
    for (int n = 0; n < 100; n++) {
      byte[] damaged = real.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      survives(damaged, "damage " + n + " of the example");
    }
  }

  @Test
  void filesOfOtherKinds() throws IOException {
    assertMalformed(new byte[0], "holds no ONNX graph");
    for (String other :
        new String[] {"<!DOCTYPE html><html>", "{\"a\": 1}", "\u0089PNG\r\n\n", "PK"}) {
      assertThatThrownBy(() -> read(other.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)))
          .isInstanceOf(MalformedInputException.class);
    }
    Path missing = directory.resolve("missing.onnx");
    assertThatThrownBy(() -> new OnnxImporter().read(missing, ImportOptions.DEFAULT))
        .isInstanceOf(MalformedInputException.class)
        .hasMessage("There is no file \"" + missing + "\"");
    assertThatThrownBy(() -> new OnnxImporter().read(directory, ImportOptions.DEFAULT))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("is a directory");
    Random random = new Random(8);
    for (int n = 0; n < 500; n++) {
      byte[] noise = new byte[random.nextInt(300)];
      random.nextBytes(noise);
      survives(noise, "noise " + n);
    }
  }

  /** Graphs in attributes of nodes in graphs, without end; skipped without recursion. */
  @Test
  void deepNesting() throws IOException {
    byte[] inner = new byte[0];
    for (int depth = 0; depth < 2000; depth++) {
      OnnxMessage attribute = new OnnxMessage().text(1, "body").number(20, 5).blob(6, inner);
      OnnxMessage node = new OnnxMessage().text(4, "If").message(5, attribute);
      inner = new OnnxMessage().message(1, node).toByteArray();
    }
    survives(new OnnxMessage().number(1, 8).blob(7, inner).toByteArray(), "graphs");
    byte[] groups = new byte[1 << 20];
    Arrays.fill(groups, (byte) (99 << 3 | 3));
    assertMalformed(groups, "group");
  }

  @Test
  void manyParts() {
    OnnxMessage graph = new OnnxMessage();
    byte[] nodes = new byte[5_000_000 * 2];
    for (int i = 0; i < nodes.length; i += 2) {
      nodes[i] = 1 << 3 | 2;
    }
    graph.raw(nodes);
    assertMalformed(new OnnxMessage().message(7, graph).toByteArray(), "parts");
  }

  @Test
  void lengthsThatLie() {
    // A length of 2^31 - 1 for the graph, and a negative one.
    assertMalformed(new byte[] {0x3a, -1, -1, -1, -1, 7}, "2147483647 bytes where 0 are left");
    assertMalformed(new byte[] {0x3a, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}, "bytes where");
    // More raw data than there is.
    OnnxMessage tensor =
        new OnnxMessage().text(8, "w").number(2, 1).raw((byte) (9 << 3 | 2), (byte) 0x7f);
    assertMalformed(model(tensor), "bytes where 0 are left");
  }

  private static byte[] model(OnnxMessage initializer) {
    return new OnnxModelBuilder(13)
        .input("x", 1, 2)
        .initializer(initializer)
        .node("Identity", List.of("w"), List.of("y"))
        .output("y")
        .bytes();
  }

  private static OnnxMessage weight(int type, long... dims) {
    OnnxMessage tensor = new OnnxMessage().text(8, "w").number(2, type);
    for (long dim : dims) {
      tensor.number(1, dim);
    }
    return tensor;
  }

  @Test
  void shapesThatLie() {
    byte[] eight = new byte[8];
    assertMalformed(
        model(weight(1, 3).blob(9, eight)), "[3] and type float has 8 bytes where 12 are needed");
    assertMalformed(model(weight(1, 1).blob(9, eight)), "8 bytes where 4");
    assertMalformed(model(weight(1, 1L << 40).blob(9, eight)), "impossible shape");
    assertMalformed(model(weight(1, 1 << 30, 1 << 30, 16).blob(9, eight)), "impossible shape");
    assertMalformed(model(weight(1, 1L << 62, 4, 0).blob(9, eight)), "impossible shape");
    assertMalformed(model(weight(1, -2).blob(9, eight)), "impossible shape");
    assertMalformed(model(weight(1, 2_000_000_000).blob(9, eight)), "8000000000 are needed");
    assertMalformed(model(weight(1, 2).packed(4, 1f, 2f, 3f)), "12 bytes where 8");
    assertMalformed(model(weight(7, 3).packed(7, 1L, 2L)), "at most 2 elements");
    assertMalformed(model(weight(7, 1).packed(7, 1L, 2L)), "more than 1 elements");
    assertMalformed(model(weight(7, 3).packed(7, 300L, 2L)), "has 2 elements");
    assertMalformed(model(weight(1, 2)), "has no elements");
    assertMalformed(model(weight(1, 2).packed(7, 1L, 2L)), "field of another type");
    assertMalformed(model(weight(1, 1).packed(4, 1f).packed(7, 1L)), "two fields");
    long[] many = new long[100];
    Arrays.fill(many, 1);
    assertMalformed(model(weight(1, many).packed(4, 1f)), "more than 32 axes");
    assertThatThrownBy(() -> read(model(weight(8, 1).blob(6, eight))))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("string");
    assertThatThrownBy(() -> read(model(weight(17, 8).blob(9, eight))))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("8-bit float");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void weightsThatAreNoNumbers(float bad) {
    assertMalformed(
        model(OnnxModelBuilder.tensor("w", Tensor.of(Shape.of(2), 1f, bad))),
        "\"w\" of shape [2] has the element " + bad + " at position 1");
  }

  /** Small files that ask for large tensors: refused, or left to the one who runs the graph. */
  @Test
  void bombs() throws IOException {
    Tensor huge = Tensor.of(Shape.of(3), 60_000L, 60_000L, 60_000L);
    assertUnsupported(filled(huge), "2^31 elements");
    // Each is as large as may be computed at once; together they would not fit.
    OnnxModelBuilder many = new OnnxModelBuilder(13).input("x", 1);
    many.initializer("shape", Tensor.of(Shape.of(1), 1_000_000L));
    for (int i = 0; i < 2000; i++) {
      many.node("ConstantOfShape", List.of("shape"), List.of("z" + i)).output("z" + i);
    }
    survives(many.bytes(), "many constants");
    assertUnsupported(
        new OnnxModelBuilder(13)
            .input("x", 1, 1)
            .initializer("repeats", Tensor.of(Shape.of(2), 1L << 40, 1L << 20))
            .node("Tile", List.of("x", "repeats"), List.of("y"))
            .output("y")
            .bytes(),
        "2^31 elements");
    // 2^40 multiplications.
    survives(
        new OnnxModelBuilder(13)
            .input("x", 1)
            .initializer("shape", Tensor.of(Shape.of(2), 1L << 10, 1L << 10))
            .node("ConstantOfShape", List.of("shape"), List.of("a"))
            .node("MatMul", List.of("a", "a"), List.of("b"))
            .node("MatMul", List.of("b", "b"), List.of("y"))
            .output("y")
            .bytes(),
        "products of constants");
    survives(
        new OnnxModelBuilder(13)
            .input("x", 1, 1, 4, 4)
            .node(
                "AveragePool",
                List.of("x"),
                List.of("y"),
                "kernel_shape",
                new int[] {2_000_000_000, 2_000_000_000},
                "pads",
                new int[] {2_000_000_000, 2_000_000_000, 2_000_000_000, 2_000_000_000})
            .output("y")
            .bytes(),
        "a large window");
    assertMalformed(
        new OnnxModelBuilder(13)
            .input("x", 1)
            .initializer("a", Tensor.scalar(0f))
            .initializer("b", Tensor.scalar(1e9f))
            .initializer("c", Tensor.scalar(1e-9f))
            .node("Range", List.of("a", "b", "c"), List.of("y"))
            .output("y")
            .bytes(),
        "too long");
  }

  private static byte[] filled(Tensor shape) {
    return new OnnxModelBuilder(13)
        .input("x", 1)
        .initializer("shape", shape)
        .node("ConstantOfShape", List.of("shape"), List.of("y"))
        .output("y")
        .bytes();
  }

  private void assertUnsupported(byte[] bytes, String part) {
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining(part);
  }

  @Test
  void namesThatWouldBreakTheLine() throws IOException {
    survives(
        new OnnxModelBuilder(13)
            .input("x\n\tat evil", 1)
            .node("\u001b[31m\r\n", "Foo\n", List.of("x\n\tat evil"), List.of("y"))
            .output("y")
            .bytes(),
        "control characters");
    String longName = String.join("", Collections.nCopies(6000, "0123456789"));
    survives(
        new OnnxModelBuilder(13)
            .input(longName, 1)
            .node(longName, "Foo", List.of(longName), List.of("y"))
            .output("y")
            .bytes(),
        "long names");
  }

  /** One node, each with inputs and attributes that its operator does not expect. */
  @Test
  void nodesThatMakeNoSense() throws IOException {
    Random random = new Random(9);
    Object[] values = {
      0,
      -1,
      7,
      Integer.MAX_VALUE,
      Integer.MIN_VALUE,
      1.5f,
      Float.NaN,
      "SAME_UPPER",
      "nonsense",
      new int[0],
      new int[] {0, 0},
      new int[] {1, -1},
      new int[] {1, 2, 3, 4},
      new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE},
      new float[] {1},
      Tensor.scalar(3f),
      Tensor.of(Shape.of(0), new long[0]),
    };
    String[] names = {
      "axis",
      "axes",
      "alpha",
      "perm",
      "pads",
      "kernel_shape",
      "strides",
      "dilations",
      "group",
      "auto_pad",
      "to",
      "value",
      "blocksize",
      "split",
      "starts",
      "ends",
      "keepdims",
      "size",
      "num_groups",
      "epsilon",
      "p",
      "mode",
      "num_outputs",
      "ceil_mode",
      "start",
      "end",
      "approximate",
    };
    String[] inputs = {"x", "v", "s", "i", "e", "t", ""};
    for (String operator : OnnxImporter.operators()) {
      for (int n = 0; n < 25; n++) {
        Object[] attributes = new Object[2 * random.nextInt(4)];
        for (int i = 0; i < attributes.length; i += 2) {
          attributes[i] = names[random.nextInt(names.length)];
          attributes[i + 1] = values[random.nextInt(values.length)];
        }
        List<String> given =
            random.ints(random.nextInt(6), 0, inputs.length).mapToObj(i -> inputs[i]).toList();
        List<String> made = random.nextInt(4) == 0 ? List.of("y", "z") : List.of("y");
        int opset = 7 + random.nextInt(22);
        byte[] bytes =
            new OnnxModelBuilder(opset)
                .input("x", 1, 4, 6, 6)
                .input("v", 4)
                .initializer("s", Tensor.scalar(2f))
                .initializer("i", Tensor.of(Shape.of(2), -1L, 3L))
                .initializer("e", Tensor.of(Shape.of(0), new long[0]))
                .initializer("t", Tensor.of(Shape.of(4, 2, 1, 1), new float[8]))
                .node("node", operator, given, made, attributes)
                .output("y")
                .bytes();
        survives(bytes, operator + " of " + given + " with " + Arrays.toString(attributes));
      }
    }
  }
}
