package org.pellucid.api;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;

/**
 * Work on chunks for each of which something is made before. If that takes a while, it is made by
 * another thread of the common pool, while the chunk before is worked on. What is made, and in
 * which order it is used, is the same as if all were made in turn.
 *
 * @param <P> what is made
 */
final class Ahead<P> implements Chunks.Work, AutoCloseable {
  /**
   * The nanoseconds that work must take to be given to another thread. Handing it over and waking
   * the thread took 50 to 160 microseconds on a virtual machine.
   */
  static final long WORTH_A_THREAD = 300_000;

  private final Making<P> making;
  private final Using<P> using;
  private Range following;
  private Range begun;
  private ForkJoinTask<Made<P>> task;

  /** Makes what a chunk needs. */
  @FunctionalInterface
  interface Making<P> {
    /** Makes it; another thread may ask. */
    P make(int from, int count);
  }

  /** Works on a chunk. */
  @FunctionalInterface
  interface Using<P> {
    /** Does the work. */
    void use(int from, int count, P made);
  }

  private record Range(int from, int count) {}

  /** What was made, or what was thrown. */
  private record Made<P>(P value, Throwable failure, long nanos) {
    static <P> Made<P> by(Making<P> making, Range range) {
      long start = System.nanoTime();
      try {
        P value = making.make(range.from(), range.count());
        return new Made<>(value, null, System.nanoTime() - start);
      } catch (RuntimeException | Error e) {
        return new Made<>(null, e, 0);
      }
    }

    P get() {
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure != null) {
        throw (RuntimeException) failure;
      }
      return value;
    }
  }

  Ahead(Making<P> making, Using<P> using) {
    this.making = making;
    this.using = using;
  }

  @Override
  public void next(int from, int count) {
    following = new Range(from, count);
  }

  @Override
  public void run(int from, int count) {
    Range range = new Range(from, count);
    Made<P> made = range.equals(begun) ? task.join() : Made.by(making, range);
    P value = made.get();
    close();
    if (following != null && made.nanos() >= WORTH_A_THREAD) {
      begin(following);
    }
    following = null;
    using.use(from, count, value);
  }

  private void begin(Range range) {
    begun = range;
    task = ForkJoinPool.commonPool().submit(() -> Made.by(making, range));
  }

  /** What was begun and is not needed is not waited for. */
  @Override
  public void close() {
    if (task != null) {
      task.cancel(false);
      task = null;
      begun = null;
    }
  }
}
