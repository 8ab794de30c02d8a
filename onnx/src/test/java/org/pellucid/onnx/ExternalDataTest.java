package org.pellucid.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.UnsupportedModelException;

/** Weights in files beside the model. */
class ExternalDataTest {
  @TempDir Path outside;
  private Path directory;

  @BeforeEach
  void makeFiles() throws IOException {
    directory = Files.createDirectories(outside.resolve("models"));
    ByteBuffer numbers = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    numbers.putFloat(1).putFloat(2).putFloat(3).putFloat(4);
    Files.write(outside.resolve("secret.bin"), numbers.array());
    Files.write(directory.resolve("weights.bin"), numbers.array());
    Files.createDirectories(directory.resolve("parts"));
    Files.write(directory.resolve("parts").resolve("weights.bin"), numbers.array());
  }

  /** A model whose weight "w" of two floats has the given entries. */
  private ModelGraph read(String... entries) throws IOException {
    return read(2, entries);
  }

  private ModelGraph read(int length, String... entries) throws IOException {
    OnnxMessage tensor =
        new OnnxMessage().number(1, length).number(2, 1).text(8, "w").number(14, 1);
    for (int i = 0; i < entries.length; i += 2) {
      tensor.message(13, new OnnxMessage().text(1, entries[i]).text(2, entries[i + 1]));
    }
    byte[] model =
        new OnnxModelBuilder(13)
            .input("x", 1, length)
            .initializer(tensor)
            .node("Add", List.of("x", "w"), List.of("y"))
            .output("y")
            .bytes();
    Path file = Files.write(directory.resolve("model.onnx"), model);
    return new OnnxImporter().read(file, ImportOptions.DEFAULT);
  }

  private void assertRefused(String part, String... entries) {
    assertThatThrownBy(() -> read(entries))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageStartingWith("Tensor \"w\"")
        .hasMessageContaining(part);
  }

  @Test
  void isReadFromItsPlace() throws IOException {
    assertThat(read("location", "weights.bin", "offset", "8").constants().get("w").toFloatArray())
        .containsExactly(3, 4);
    assertThat(
            read("location", "parts/weights.bin", "offset", "4", "length", "8")
                .constants()
                .get("w")
                .toFloatArray())
        .containsExactly(2, 3);
  }

  @Test
  void mustLieInTheModelsDirectory() {
    assertRefused("leaves the model's directory", "location", "../secret.bin");
    assertRefused("leaves the model's directory", "location", "parts/../../secret.bin");
    assertRefused("not relative", "location", outside.resolve("secret.bin").toString());
    assertRefused("not relative", "location", "/etc/passwd");
    assertRefused("not a file name", "location", "a\0b");
    assertRefused("in which file");
    assertRefused("in which file", "location", "");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void mustNotBeALinkToElsewhere() throws IOException {
    Files.createSymbolicLink(directory.resolve("link.bin"), outside.resolve("secret.bin"));
    Files.createSymbolicLink(directory.resolve("up"), outside);
    Files.createSymbolicLink(directory.resolve("inner.bin"), directory.resolve("weights.bin"));
    assertRefused("link that leaves", "location", "link.bin");
    assertRefused("link that leaves", "location", "up/secret.bin");
    assertThat(read("location", "inner.bin").constants()).containsKey("w");
  }

  @Test
  void mustBeThere() {
    assertRefused("not there", "location", "missing.bin");
    assertRefused("not a regular file", "location", "parts");
    assertRefused("which has 16 bytes", "location", "weights.bin", "offset", "12");
    assertRefused("which has 16 bytes", "location", "weights.bin", "offset", "17");
    assertRefused(
        "which has 16 bytes",
        "location",
        "weights.bin",
        "offset",
        "8",
        "length",
        "9223372036854775807");
    assertRefused("4 bytes where 8", "location", "weights.bin", "length", "4");
    assertRefused("offset \"-4\"", "location", "weights.bin", "offset", "-4");
    assertRefused("offset \"8 MB\"", "location", "weights.bin", "offset", "8 MB");
  }

  /** A file may be as large as it likes without taking any room on the disk. */
  @Test
  void mustFitIntoMemory() throws IOException {
    int length = Integer.MAX_VALUE - 8;
    assumeTrue(Runtime.getRuntime().maxMemory() < 4L * length);
    try (RandomAccessFile sparse =
        new RandomAccessFile(directory.resolve("sparse.bin").toFile(), "rw")) {
      sparse.setLength(4L * length);
    }
    assertThatThrownBy(() -> read(length, "location", "sparse.bin"))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("8191 MiB of weights that must be in the Java heap")
        .hasMessageContaining("-Xmx12542m");
  }

  /** Bytes of so many float32 weights that a model of them is mapped. */
  private static long manyBytes() {
    long bytes = Runtime.getRuntime().maxMemory() / 4 + (1 << 21);
    assumeTrue(bytes < 4L * (Integer.MAX_VALUE / 4));
    return bytes / 4 * 4;
  }

  /** A file of zeros, but for a 5 at its beginning and a -3 at its end. */
  private Path sparse(long bytes) throws IOException {
    Path file = directory.resolve("sparse.bin");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(bytes);
      sparse.writeInt(Integer.reverseBytes(Float.floatToIntBits(5)));
      sparse.seek(bytes - 4);
      sparse.writeInt(Integer.reverseBytes(Float.floatToIntBits(-3)));
    }
    return file;
  }

  /** Of a quarter of the heap or more; small weights are copied in any case. */
  @Test
  void largeWeightsAreMapped() throws IOException {
    int length = (int) (manyBytes() / 4);
    sparse(4L * length);
    Tensor large = read(length, "location", "sparse.bin").constants().get("w");
    assertThat(large.isMapped()).isTrue();
    assertThat(large.reshape(Shape.of(length, 1)).isMapped()).isTrue();
    assertThat(large.get(0)).isEqualTo(5);
    assertThat(large.get(1)).isZero();
    assertThat(large.get(length - 1)).isEqualTo(-3);
    assertThat(read("location", "weights.bin").constants().get("w").isMapped()).isFalse();
  }

  /** Whoever replaces a file does not take it away from those who read it. */
  @Test
  void mappedFilesMayBeReplaced() throws IOException {
    int length = (int) (manyBytes() / 4);
    Path file = sparse(4L * length);
    Tensor large = read(length, "location", "sparse.bin").constants().get("w");
    Path other = Files.write(directory.resolve("other.bin"), new byte[8]);
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    assertThat(large.get(length - 1)).isEqualTo(-3);
  }

  @Test
  void mappedWeightsAreNumbers() throws IOException {
    int length = (int) (manyBytes() / 4);
    try (RandomAccessFile file = new RandomAccessFile(sparse(4L * length).toFile(), "rw")) {
      file.seek(4L * (length - 2));
      file.writeInt(Integer.reverseBytes(Float.floatToIntBits(Float.NaN)));
    }
    assertThatThrownBy(() -> read(length, "location", "sparse.bin"))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("has the element NaN at position " + (length - 2));
  }

  /** A small file cannot pose as many large weights: what overlaps is copied, into the heap. */
  @Test
  void overlapsAreMappedOnce() throws IOException {
    int length = 1 << 20;
    sparse(4L * length + 4096);
    OnnxModelBuilder model = new OnnxModelBuilder(13).input("x", 1, length);
    int copies = (int) (manyBytes() / 4 / length) + 1;
    for (int i = 0; i < copies; i++) {
      String offset = i < 2 ? "0" : Integer.toString(4 * (i % 1024));
      model
          .initializer(
              new OnnxMessage()
                  .number(1, length)
                  .number(2, 1)
                  .text(8, "w" + i)
                  .number(14, 1)
                  .message(13, new OnnxMessage().text(1, "location").text(2, "sparse.bin"))
                  .message(13, new OnnxMessage().text(1, "offset").text(2, offset))
                  .message(13, new OnnxMessage().text(1, "length").text(2, "" + 4 * length)))
          .node("Add", List.of("x", "w" + i), List.of("y" + i))
          .output("y" + i);
    }
    Path file = Files.write(directory.resolve("model.onnx"), model.bytes());
    ModelGraph graph = new OnnxImporter().read(file, ImportOptions.DEFAULT);
    for (int i = 0; i < copies; i++) {
      assertThat(graph.constants().get("w" + i).isMapped()).as("w%s", i).isEqualTo(i < 2);
    }
  }
}
