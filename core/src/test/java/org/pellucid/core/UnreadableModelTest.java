package org.pellucid.core;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.graph.MalformedInputException;

/** What is said of a file that no importer takes, here where there is only the one for ONNX. */
class UnreadableModelTest {
  @ParameterizedTest
  @CsvSource({"PK, a network of DL4J", "\u0089HDF, a model of Keras"})
  void the_importer_that_is_missing_is_named(String start, String what, @TempDir Path folder)
      throws IOException {
    Path file = Files.write(folder.resolve("model"), start.getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> Pellucid.loader().convert(file))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("in no format that can be read; there are: onnx")
        .hasMessageEndingWith("If it is " + what + ", add the importer pellucid-importer-dl4j");
  }
}
