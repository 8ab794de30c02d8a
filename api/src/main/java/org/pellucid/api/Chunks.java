package org.pellucid.api;

/** Cuts work into chunks, tells how far all of it has come, and ends when it is cancelled. */
final class Chunks {
  private final Progress progress;
  private long done;
  private long total;

  Chunks(Progress progress) {
    this.progress = progress;
  }

  /** Does a part of the work. */
  @FunctionalInterface
  interface Chunk {
    /** Does as many as {@code count}, the first of which is {@code from}. */
    void run(int from, int count);
  }

  /**
   * Does work in chunks of nearly equal length, which differ by one at most.
   *
   * @param what it is, for the message
   * @throws CancelledException if the thread is interrupted between two of them
   */
  void run(int count, int mostPerChunk, String what, Chunk work) {
    total += count;
    long before = done;
    try {
      int chunks = (count + mostPerChunk - 1) / mostPerChunk;
      for (int chunk = 0; chunk < chunks; chunk++) {
        int from = (int) ((long) count * chunk / chunks);
        int to = (int) ((long) count * (chunk + 1) / chunks);
        if (Thread.currentThread().isInterrupted()) {
          throw new CancelledException(what + " was cancelled after " + from + " of " + count);
        }
        work.run(from, to - from);
        done += to - from;
        progress.at(done, total);
      }
    } finally {
      // What was cancelled or failed is no longer expected.
      total -= before + count - done;
    }
  }
}
