package org.pellucid.core.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileNamesTest {

  @ParameterizedTest
  @CsvSource({
    "features/conv:0, features_conv_0",
    "/features/features.30/Relu_output_0, _features_features.30_Relu_output_0",
    "../up, .._up",
    "StatefulPartitionedCall, StatefulPartitionedCall",
    "a b, a_b",
    "größe, gr__e",
    "😀, _",
    "x-1.y_2, x-1.y_2"
  })
  void replacesWhatIsNotSafe(String name, String safe) {
    assertThat(FileNames.safe(name)).isEqualTo(safe);
  }

  @ParameterizedTest
  @CsvSource({
    "a/cat.jpg, cat",
    "cat, cat",
    "cat.of.mine.png, cat.of.mine",
    ".hidden, .hidden",
    "cat., cat",
    "/, ''"
  })
  void takesTheStem(String path, String stem) {
    assertThat(FileNames.stem(Path.of(path))).isEqualTo(stem);
  }

  @Test
  void findsWhatLiesBeside() {
    assertThat(FileNames.beside(Path.of("m/shapes.onnx"), ".labels.txt"))
        .isEqualTo(Path.of("m/shapes.labels.txt"));
    assertThat(FileNames.beside(Path.of("shapes.onnx"), ".preset.json"))
        .isEqualTo(Path.of("shapes.preset.json"));
  }

  @Test
  void numbersRepeatedStems() {
    FileNames names = new FileNames();
    assertThat(names.unique("cat")).isEqualTo("cat");
    assertThat(names.unique("cat")).isEqualTo("cat-2");
    assertThat(names.unique("dog")).isEqualTo("dog");
    assertThat(names.unique("cat")).isEqualTo("cat-3");
    assertThat(names.unique("cat-2")).isEqualTo("cat-2-2");
  }
}
