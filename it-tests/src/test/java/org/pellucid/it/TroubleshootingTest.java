package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The messages by which {@code docs/troubleshooting.md} is keyed are those that are given. */
class TroubleshootingTest {
  private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern KEY = Pattern.compile("\\*\\*`([^`]+)`\\*\\*");

  /** What the Java runtime says, and not Pellucid. */
  private static final String OF_JAVA = "WARNING: ";

  private static String sources;

  static List<String> messages() throws IOException {
    return KEY.matcher(Files.readString(REPOSITORY.resolve("docs/troubleshooting.md")))
        .results()
        .map(match -> match.group(1))
        .filter(message -> !message.startsWith(OF_JAVA))
        .toList();
  }

  /** All code that users run, with literals that go on in the next line joined. */
  private static String sources() throws IOException {
    if (sources == null) {
      try (Stream<Path> files = Files.walk(REPOSITORY)) {
        sources =
            files
                .filter(file -> file.toString().endsWith(".java"))
                .filter(file -> file.toString().contains("/src/main/java/"))
                .map(TroubleshootingTest::read)
                .collect(Collectors.joining())
                .replaceAll("\"\\s*\\+\\s*\"", "")
                .replace("\\\"", "\"");
      }
    }
    return sources;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void there_are_messages() throws IOException {
    assertThat(messages()).hasSizeGreaterThan(30);
  }

  /** Between what differs, which is written as an ellipsis or a number. */
  @ParameterizedTest
  @MethodSource("messages")
  void a_message_is_one_that_is_given(String message) throws IOException {
    List<String> parts =
        Stream.of(message.split("…")).map(String::strip).filter(part -> part.length() > 3).toList();
    assertThat(parts).as("something that can be looked for").isNotEmpty();
    for (String part : parts) {
      assertThat(sources().contains(part)).as("\"%s\" stands in the sources", part).isTrue();
    }
  }
}
