package org.pellucid.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Metric;
import org.pellucid.api.Metric.Direction;
import org.pellucid.api.Option;

/** {@code docs/evaluate.md} tells of every metric, which way it points, and its options. */
class MetricsDocumentTest {
  @Test
  void everyMetricIsThere() throws IOException {
    String text = Files.readString(Path.of("..", "docs", "evaluate.md"));
    for (Metric metric : ServiceLoader.load(Metric.class)) {
      String row =
          text.lines()
              .filter(line -> line.startsWith("| `" + metric.id() + "` |"))
              .findFirst()
              .orElse("");
      assertThat(row)
          .as("the row of %s", metric.id())
          .contains(metric.direction() == Direction.HIGHER_IS_BETTER ? "| more |" : "| less |");
      for (Option<?> option : metric.options()) {
        assertThat(text)
            .as("the option %s of %s", option.name(), metric.id())
            .containsAnyOf("`" + option.name() + "`", "`" + option.name() + "=");
      }
    }
  }
}
