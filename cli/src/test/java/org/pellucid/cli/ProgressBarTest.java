package org.pellucid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** The bar shows after a second, on a terminal only, and is wiped. */
class ProgressBarTest {
  private final StringWriter err = new StringWriter();

  private ProgressBar bar(boolean terminal) {
    return new ProgressBar(new PrintWriter(err, true), terminal);
  }

  @Test
  void short_work_shows_nothing() {
    try (ProgressBar bar = bar(true)) {
      bar.at(1, 10);
    }
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void long_work_shows_how_far_it_is_and_wipes_it() throws InterruptedException {
    try (ProgressBar bar = bar(true)) {
      Thread.sleep(1050);
      bar.at(5, 10);
      assertThat(err.toString()).startsWith("\r[###############...............] 5/10");
      int shown = err.toString().length();
      bar.at(6, 10);
      assertThat(err.toString()).hasSize(shown);
    }
    assertThat(err.toString()).endsWith(" \r").doesNotContain("\n");
  }

  @Test
  void the_time_left_is_that_of_the_pace_so_far() throws InterruptedException {
    assertThat(ProgressBar.left(10_000_000_000L, 5, 20)).isEqualTo(", 40 s left");
    assertThat(ProgressBar.left(10_000_000_000L, 1, 20)).isEqualTo(", 3 min left");
    assertThat(ProgressBar.left(3600_000_000_000L, 1, 20)).isEqualTo(", 20 h left");
    assertThat(ProgressBar.left(5, 0, 20)).isEmpty();
    try (ProgressBar bar = bar(true)) {
      // Four were done before, by another run: they say nothing of the pace.
      bar.at(4, 10);
      Thread.sleep(1050);
      bar.at(5, 10);
    }
    assertThat(err.toString()).contains(" 5/10, 5 s left");
  }

  @Test
  void without_a_terminal_nothing_is_shown() throws InterruptedException {
    try (ProgressBar bar = bar(false)) {
      Thread.sleep(1050);
      bar.at(5, 10);
    }
    assertThat(err.toString()).isEmpty();
  }
}
