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
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.ModelGraph;
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
        .hasMessageContaining("need 8191 MiB")
        .hasMessageContaining("-Xmx");
  }
}
