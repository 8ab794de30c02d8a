package org.pellucid.it.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.api.GradientBackend;
import org.pellucid.core.Registry;

/**
 * The table of docs/operations.md is what the code says. After a change, {@code
 * -Dpellucid.write-docs=true} writes it anew.
 */
class OperationsDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "operations.md");
  private static final String BEGIN = "<!-- The table is written by OperationsDocumentTest. -->\n";
  private static final String END = "<!-- End of the table. -->\n";

  @Test
  void theTableIsTrue(@TempDir Path directory) throws IOException {
    List<GradientBackend> backends =
        Registry.ofClassPath().backends().stream()
            .sorted(Comparator.comparing(GradientBackend::id))
            .toList();
    String table = String.join("\n", new OperationsTable(backends, directory).lines()) + "\n";
    String document = Files.readString(DOCUMENT);
    int from = document.indexOf(BEGIN) + BEGIN.length();
    int to = document.indexOf(END);
    assertThat(from).as("the table's place").isBetween(BEGIN.length(), to);

    if (Boolean.getBoolean("pellucid.write-docs")) {
      document = document.substring(0, from) + table + document.substring(to);
      Files.writeString(DOCUMENT, document);
      to = document.indexOf(END);
    }
    assertThat(document.substring(from, to)).isEqualTo(table);
  }
}
