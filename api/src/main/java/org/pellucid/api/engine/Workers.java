package org.pellucid.api.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.pellucid.api.CancelledException;

/**
 * Threads that do pieces of work beside the one that asks. They start when they are first needed
 * and end when nothing was asked for long. Safe for use by several threads.
 */
final class Workers implements AutoCloseable {
  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor helpers;

  /**
   * No threads yet.
   *
   * @param most how many there are at most, beside those that ask; at least 1
   * @param name what they are called
   */
  Workers(int most, String name) {
    AtomicInteger number = new AtomicInteger();
    helpers =
        new ThreadPoolExecutor(
            most,
            most,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    helpers.allowCoreThreadTimeOut(true);
  }

  /**
   * Does all pieces, and returns or throws when none is being worked on any more.
   *
   * @param threads on how many threads at most, the caller's among them; fewer where the system
   *     starts no more
   * @param count how many pieces
   * @param piece does one; what it throws ends the work, and is thrown here
   * @param cancelled what an interruption is told as, given the number of pieces that were begun
   * @return what came of each, in order
   * @throws CancelledException if the caller is interrupted before the last piece is begun
   */
  <T> List<T> all(
      int threads, int count, IntFunction<T> piece, IntFunction<CancelledException> cancelled) {
    Pieces<T> pieces = new Pieces<>(count, piece);
    int wanted = Math.min(threads, count) - 1;
    while (wanted > 0 && help(pieces::doSome)) {
      wanted--;
    }
    do {
      if (Thread.currentThread().isInterrupted()) {
        pieces.cancel(cancelled);
      }
    } while (pieces.doNext());
    return pieces.results();
  }

  /** Has a thread do work beside this one; whether there is one. */
  private boolean help(Runnable work) {
    try {
      helpers.execute(work);
      return true;
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      // Closed, or the system has no further thread. Those that began are not to be left alone.
      return false;
    }
  }

  /** No further threads: who asks from now on does all pieces. What is under way goes on. */
  @Override
  public void close() {
    helpers.shutdown();
  }

  private static final class Pieces<T> {
    private final IntFunction<T> piece;
    private final int count;
    private final List<T> results;
    private int next;
    private int busy;
    private int failed = Integer.MAX_VALUE;
    private Throwable failure;

    Pieces(int count, IntFunction<T> piece) {
      this.piece = piece;
      this.count = count;
      this.results = new ArrayList<>(Collections.nCopies(count, null));
    }

    /** Does pieces until none is left. */
    void doSome() {
      while (doNext()) {
        continue;
      }
    }

    /** Does the next piece; false when there is none. */
    boolean doNext() {
      int number = begin();
      if (number < 0) {
        return false;
      }
      T result = null;
      Throwable thrown = null;
      try {
        result = piece.apply(number);
      } catch (Throwable e) {
        // Whatever it is: the caller waits until all have ended.
        thrown = e;
      }
      end(number, result, thrown);
      return true;
    }

    private synchronized int begin() {
      if (failure != null || next == count) {
        return -1;
      }
      busy++;
      return next++;
    }

    private synchronized void end(int number, T result, Throwable thrown) {
      results.set(number, result);
      if (thrown != null && number < failed) {
        failed = number;
        failure = thrown;
      }
      busy--;
      notifyAll();
    }

    /** Begins no further piece. */
    synchronized void cancel(IntFunction<CancelledException> cancelled) {
      if (failure == null && next < count) {
        failure = cancelled.apply(next);
      }
    }

    /** Waits for pieces that others are at. */
    synchronized List<T> results() {
      boolean interrupted = false;
      while (busy > 0) {
        try {
          wait();
        } catch (InterruptedException e) {
          // The pieces use what the caller will free.
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (failure instanceof RuntimeException exception) {
        throw exception;
      }
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure != null) {
        throw new IllegalStateException(failure);
      }
      return results;
    }
  }
}
