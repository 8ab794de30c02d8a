package org.pellucid.core.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pellucid.api.BackendException;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.UnsupportedModelException;

/** Processes that are no workers, and what passes between those that are. */
class WorkerProcessTest {
  @Test
  void a_process_that_ends_says_how() {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    assertThatThrownBy(() -> new WorkerProcess("djl", List.of(java, "NoSuchMainClass")))
        .isInstanceOf(WorkerLostException.class)
        .hasMessageContaining("process of djl ended with exit code 1")
        .hasMessageContaining("NoSuchMainClass");
    assertThatThrownBy(() -> new WorkerProcess("djl", List.of("/no/such/program")))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("No process could be started for djl");
  }

  @Test
  void messages_are_found_behind_what_others_print() {
    String line = Wire.line(Wire.failure(new UnsupportedModelException("no \"Foo\"\n here")));
    assertThat(line).doesNotContain("\n");
    assertThat(Wire.message("Added differentiated op" + line)).isEqualTo(Wire.message(line));
    assertThat(Wire.message("Added differentiated op")).isEmpty();
    assertThatThrownBy(() -> Wire.message(line.substring(0, line.length() - 3)))
        .isInstanceOf(BackendException.class);
  }

  @Test
  void failures_keep_their_kind() {
    for (RuntimeException failure :
        List.of(
            new InvalidRequestException("a"),
            new MalformedInputException("b"),
            new UnsupportedModelException("c"),
            new BackendException("d"))) {
      assertThatThrownBy(
              () -> Wire.succeeded(Wire.message(Wire.line(Wire.failure(failure))).orElseThrow()))
          .isInstanceOf(failure.getClass())
          .hasMessage(failure.getMessage());
    }
    assertThatThrownBy(() -> Wire.succeeded(Wire.failure(new OutOfMemoryError("heap"))))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("OutOfMemoryError: heap");
  }

  @Test
  void resident_memory_is_read_from_what_linux_tells() {
    assertThat(ProcessMemory.resident(List.of("VmPeak:\t 9 kB", "VmHWM:\t    1234 kB")))
        .hasValue(1234 * 1024);
    assertThat(ProcessMemory.resident(List.of("VmPeak:\t 9 kB"))).isEmpty();
  }
}
