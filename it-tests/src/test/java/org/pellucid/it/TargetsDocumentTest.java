package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands of {@code docs/targets.md} do what stands below them. */
class TargetsDocumentTest {
  @TempDir Path folder;

  /** A command, and the line that it prints first, where one is shown. */
  static Stream<Arguments> commands() throws IOException {
    String document = Files.readString(Path.of("../docs/targets.md"));
    String section = document.substring(document.indexOf("## Commands"));
    List<String> lines = section.split("```")[1].lines().toList();
    List<Arguments> commands = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("$ ./pellucid ")) {
        boolean shown = i + 1 < lines.size() && !lines.get(i + 1).startsWith("$");
        commands.add(Arguments.of(lines.get(i).substring(13), shown ? lines.get(i + 1) : ""));
      }
    }
    assertThat(commands).hasSizeGreaterThan(5);
    return commands.stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void aCommandDoesWhatIsShown(String command, String shown) {
    // This test runs in a module's folder.
    List<Object> words =
        new ArrayList<>(Arrays.asList(command.replace("examples/", "../examples/").split(" ")));
    words.addAll(List.of("-o", folder));
    Command.Outcome outcome = Command.run(words.toArray());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out().replace("../examples/", "examples/"))
        .startsWith(shown.replace("...", ""));
  }
}
