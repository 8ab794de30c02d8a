package org.pellucid.backend.onnxruntime;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Pieces of work, done on several threads that end with them. */
final class Pieces {
  /** What is done with each of several things. */
  interface Work<T> {
    void on(T thing) throws OrtException, IOException;
  }

  private Pieces() {}

  /**
   * Does some work on each thing, and returns or throws when none is being worked on any more.
   *
   * @param threads on how many threads, the caller's among them
   * @param work what it throws first ends the work, and is thrown here
   */
  static <T> void each(int threads, List<T> things, Work<T> work) throws OrtException, IOException {
    AtomicInteger next = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Runnable share =
        () -> {
          try {
            for (int i = next.getAndIncrement();
                i < things.size() && failure.get() == null;
                i = next.getAndIncrement()) {
              work.on(things.get(i));
            }
          } catch (OrtException | IOException | RuntimeException | Error e) {
            failure.compareAndSet(null, e);
          }
        };
    List<Thread> helpers = new ArrayList<>();
    for (int i = 1; i < Math.min(threads, things.size()); i++) {
      Thread helper = new Thread(share, "pellucid-weights-" + i);
      helper.setDaemon(true);
      try {
        helper.start();
      } catch (OutOfMemoryError e) {
        break; // The system starts no more threads: those that are there do it all.
      }
      helpers.add(helper);
    }
    share.run();
    helpers.forEach(Pieces::join);
    raise(failure.get());
  }

  /** Waits for the end even if interrupted, which is noted for who asks next. */
  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void raise(Throwable failure) throws OrtException, IOException {
    if (failure instanceof OrtException e) {
      throw e;
    }
    if (failure instanceof IOException e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }
}
