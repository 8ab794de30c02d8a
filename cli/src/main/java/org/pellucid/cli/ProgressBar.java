package org.pellucid.cli;

import java.io.PrintWriter;
import org.pellucid.api.Progress;

/**
 * A bar on stderr once work has taken a second, where stderr is a terminal: the launcher tells by
 * the system property {@code pellucid.terminal}; where it does not, stdin and stdout being one must
 * do.
 */
final class ProgressBar implements Progress, AutoCloseable {
  private static final int WIDTH = 30;
  private static final long PATIENCE_NANOS = 1_000_000_000L;
  private static final long INTERVAL_NANOS = 100_000_000L;

  private final PrintWriter err;
  private final boolean terminal;
  private final long start = System.nanoTime();
  private long shown;
  private long firstDone = -1;
  private long firstTime;

  ProgressBar(PrintWriter err) {
    this(err, isTerminal());
  }

  ProgressBar(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  private static boolean isTerminal() {
    String told = System.getProperty("pellucid.terminal");
    return told == null ? System.console() != null : Boolean.parseBoolean(told);
  }

  @Override
  public void at(long done, long total) {
    long now = System.nanoTime();
    if (firstDone < 0) {
      firstDone = done;
      firstTime = now;
    }
    if (!terminal || total <= 0 || now - start < PATIENCE_NANOS || now - shown < INTERVAL_NANOS) {
      return;
    }
    shown = now;
    int filled = (int) (WIDTH * Math.min(done, total) / total);
    err.print(
        "\r["
            + "#".repeat(filled)
            + ".".repeat(WIDTH - filled)
            + "] "
            + done
            + "/"
            + total
            + left(now - firstTime, done - firstDone, total - done)
            + "  ");
    err.flush();
  }

  /** How long the rest takes if it goes on as since the first report. */
  static String left(long nanos, long done, long rest) {
    if (done <= 0 || rest <= 0) {
      return "";
    }
    long seconds = Math.round(nanos / 1e9 / done * rest);
    if (seconds < 100) {
      return ", " + seconds + " s left";
    }
    return seconds < 6000
        ? ", " + (seconds + 30) / 60 + " min left"
        : ", " + (seconds + 1800) / 3600 + " h left";
  }

  /** Wipes the bar. */
  @Override
  public void close() {
    if (shown != 0) {
      err.print("\r" + " ".repeat(WIDTH + 45) + "\r");
      err.flush();
    }
  }
}
