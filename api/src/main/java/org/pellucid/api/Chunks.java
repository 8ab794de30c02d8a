package org.pellucid.api;

/**
 * Cuts work on samples into chunks of nearly equal length, and reports progress. A chunk that does
 * not fit a device's memory is cut in halves, once; from then on no chunk is larger. To be used by
 * one thread at a time.
 */
final class Chunks {
  private final Progress progress;
  private int mostThatFit = Integer.MAX_VALUE;
  private long done;
  private long total;

  Chunks(Progress progress) {
    this.progress = progress;
  }

  /** Work on some of the samples. */
  @FunctionalInterface
  interface Work {
    /**
     * Does it. When it runs out of a device's memory, it is called for the same samples again, in
     * two calls.
     *
     * @param from the first sample
     * @param count how many, at least 1
     */
    void run(int from, int count);
  }

  /**
   * Does work on samples from 0 (inclusive) to count.
   *
   * @param mostPerChunk samples at once
   * @param what the work is called where it is cancelled
   * @throws CancelledException if the thread is interrupted between chunks
   */
  void run(int count, int mostPerChunk, String what, Work work) {
    total += count;
    long before = done;
    try {
      run(0, count, Math.min(mostPerChunk, mostThatFit), true, what, work);
    } finally {
      // What was cancelled or failed is no longer expected.
      total -= before + count - done;
    }
  }

  /**
   * Does work on samples from start (inclusive) to end.
   *
   * @param halves whether a chunk that does not fit is cut, rather than fails
   */
  private void run(int start, int end, int most, boolean halves, String what, Work work) {
    int count = end - start;
    int chunks = (count + most - 1) / most;
    for (int chunk = 0; chunk < chunks; chunk++) {
      int from = start + (int) ((long) count * chunk / chunks);
      int to = start + (int) ((long) count * (chunk + 1) / chunks);
      if (Thread.currentThread().isInterrupted()) {
        throw new CancelledException(what + " was cancelled after " + from + " of " + end);
      }
      try {
        work.run(from, to - from);
      } catch (BackendException e) {
        if (!halves || !e.isOutOfMemory() || to - from == 1) {
          throw e;
        }
        mostThatFit = (to - from + 1) / 2;
        run(from, to, mostThatFit, false, what, work);
        run(to, end, mostThatFit, false, what, work);
        return;
      }
      done += to - from;
      progress.at(done, total);
    }
  }
}
