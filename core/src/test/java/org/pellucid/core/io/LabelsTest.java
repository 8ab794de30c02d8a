package org.pellucid.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.graph.MalformedInputException;

class LabelsTest {
  @TempDir Path folder;

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  @Test
  void readsLines() throws IOException {
    Labels labels = Labels.read(file("a.txt", "\uFEFFdisc \r\n\r\nÄpfel\r\n\r\n"));
    assertThat(labels.names()).containsExactly("disc", "", "Äpfel");
    assertThat(labels.of(0)).contains("disc");
    assertThat(labels.of(1)).isEmpty();
    assertThat(labels.of(3)).isEmpty();
    assertThat(labels.of(-1)).isEmpty();
  }

  @Test
  void readsJson() throws IOException {
    assertThat(Labels.read(file("a.json", "[\"a\", \" b\"]")))
        .isEqualTo(Labels.of(List.of("a", "b")));
    assertThat(Labels.read(file("b.JSON", "{\"2\": \"c\", \"0\": \"a\"}")).names())
        .containsExactly("a", "", "c");
  }

  @Test
  void areFoundBesideTheirModel() throws IOException {
    Path model = folder.resolve("shapes.onnx");
    assertThat(Labels.find(model)).isEmpty();
    file("shapes.labels.json", "[\"json\"]");
    assertThat(Labels.find(model).orElseThrow().names()).containsExactly("json");
    file("shapes.labels.txt", "text\n");
    assertThat(Labels.find(model).orElseThrow().names()).containsExactly("text");
  }

  @Test
  void findClassesByName() {
    Labels labels = Labels.of(List.of("crane", "ring", "Ring", "Disc", "crane", "CROSS", ""));
    assertThat(labels.indexOf("ring")).isEqualTo(1);
    assertThat(labels.indexOf("Ring")).isEqualTo(2);
    assertThat(labels.indexOf("disc ")).isEqualTo(3);
    assertThat(labels.indexOf("cross")).isEqualTo(5);
    assertThatThrownBy(() -> labels.indexOf("crane"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("0, 4");
    assertThatThrownBy(() -> labels.indexOf("RING"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("1, 2");
    assertThatThrownBy(() -> labels.indexOf("dics"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("\"dics\"")
        .hasMessageContaining("are \"Disc\"");
    assertThatThrownBy(() -> labels.indexOf(""))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("no class");
    assertThatThrownBy(() -> Labels.NONE.indexOf("disc"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("no labels");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.json | 3 | neither",
        "a.json | [1] | string",
        "a.json | {\"x\": \"a\"} | \"x\"",
        "a.json | {\"-1\": \"a\"} | \"-1\"",
        "a.json | {\"2000000000\": \"a\"} | \"2000000000\"",
        "a.json | [\"a\" | JSON",
        "a.json | [] | no labels",
        "a.txt | '' | no labels"
      })
  void refusesOtherFiles(String name, String content, String part) throws IOException {
    Path file = file(name, content);
    assertThatThrownBy(() -> Labels.read(file))
        .isInstanceOf(MalformedInputException.class)
        .message()
        .contains(file.toString(), part)
        .doesNotContain("\n");
  }

  @Test
  void refusesOtherEncodings() throws IOException {
    Path file = folder.resolve("latin.txt");
    Files.write(file, "Äpfel".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> Labels.read(file))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("UTF-8");
    assertThatThrownBy(() -> Labels.read(folder.resolve("missing.txt")))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("does not exist");
  }
}
