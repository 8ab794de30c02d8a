package org.pellucid.core.evaluate;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.function.Function;

/**
 * Results of reading items, in their order, each read by another thread of the common pool while
 * the one before is worked on. To be used by one thread.
 *
 * @param <T> an item
 * @param <R> what is read of it
 */
final class ReadAhead<T, R> {
  private final Iterator<T> items;
  private final Function<T, R> reading;
  private ForkJoinTask<Next<T, R>> coming;

  /** An item, and what was read, or what was thrown. */
  record Next<T, R>(T item, R read, Throwable failure) {
    /**
     * What was read.
     *
     * @throws RuntimeException what reading it threw
     */
    R get() {
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure != null) {
        throw (RuntimeException) failure;
      }
      return read;
    }
  }

  /**
   * Begins to read.
   *
   * @param reading reads an item, in any thread
   */
  ReadAhead(List<T> items, Function<T, R> reading) {
    this.items = items.iterator();
    this.reading = reading;
    begin();
  }

  private void begin() {
    if (items.hasNext()) {
      T item = items.next();
      coming = ForkJoinPool.commonPool().submit(() -> read(item));
    } else {
      coming = null;
    }
  }

  private Next<T, R> read(T item) {
    try {
      return new Next<>(item, reading.apply(item), null);
    } catch (RuntimeException | Error e) {
      return new Next<>(item, null, e);
    }
  }

  boolean hasNext() {
    return coming != null;
  }

  /** The next one, as soon as it is there. */
  Next<T, R> next() {
    Next<T, R> next = coming.join();
    begin();
    return next;
  }
}
