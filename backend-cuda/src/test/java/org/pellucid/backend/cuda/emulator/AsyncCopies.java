package org.pellucid.backend.cuda.emulator;

import java.util.Arrays;

/**
 * The copies of {@code cp.async}, which are done as late as possible: when their thread waits for
 * them. Who reads what was not waited for finds what was there before.
 */
final class AsyncCopies {
  private final GlobalMemory global;
  private final SharedMemory shared;

  /** Of each thread, its copies that are not done, in order. */
  private final Queue[] queues;

  /** The copies of a thread, and where its groups end. */
  private static final class Queue {
    private long[] sources = new long[16];
    private int[] targets = new int[16];
    private int[] sizes = new int[16];
    private int[] read = new int[16];
    private int count;
    private int[] ends = new int[8];
    private int groups;
  }

  AsyncCopies(int threads, GlobalMemory global, SharedMemory shared) {
    this.global = global;
    this.shared = shared;
    this.queues = new Queue[threads];
    Arrays.setAll(queues, i -> new Queue());
  }

  /** A block begins. */
  void begin() {
    for (Queue queue : queues) {
      queue.count = 0;
      queue.groups = 0;
    }
  }

  /**
   * Begins a copy.
   *
   * @param size bytes to write
   * @param read bytes to read, at most as many; zeros follow
   */
  void begin(int lane, long source, long target, int size, int read) {
    int at = shared.require(target, size, lane, SharedMemory.Kind.COPY_BEGINS);
    if (read > 0) {
      global.require(source, read, size, lane, "asynchronous copy");
    }
    Queue queue = queues[lane];
    if (queue.count == queue.sources.length) {
      int capacity = 2 * queue.count;
      queue.sources = Arrays.copyOf(queue.sources, capacity);
      queue.targets = Arrays.copyOf(queue.targets, capacity);
      queue.sizes = Arrays.copyOf(queue.sizes, capacity);
      queue.read = Arrays.copyOf(queue.read, capacity);
    }
    queue.sources[queue.count] = source;
    queue.targets[queue.count] = at;
    queue.sizes[queue.count] = size;
    queue.read[queue.count] = read;
    queue.count++;
  }

  /** What a thread has begun since it last did this is a group. */
  void commit(int lane) {
    Queue queue = queues[lane];
    if (queue.groups == queue.ends.length) {
      queue.ends = Arrays.copyOf(queue.ends, 2 * queue.groups);
    }
    queue.ends[queue.groups++] = queue.count;
  }

  /** Finishes all groups of a thread but the latest ones. */
  void await(int lane, int but) {
    Queue queue = queues[lane];
    int done = queue.groups - but;
    if (done <= 0) {
      return;
    }
    finish(lane, queue, queue.ends[done - 1]);
    int moved = queue.ends[done - 1];
    queue.groups -= done;
    for (int i = 0; i < queue.groups; i++) {
      queue.ends[i] = queue.ends[i + done] - moved;
    }
  }

  /** Finishes all that a thread has begun. */
  void awaitAll(int lane) {
    Queue queue = queues[lane];
    finish(lane, queue, queue.count);
    queue.groups = 0;
  }

  private void finish(int lane, Queue queue, int end) {
    byte[] target = shared.bytes();
    for (int i = 0; i < end; i++) {
      int at = shared.require(queue.targets[i], queue.sizes[i], lane, SharedMemory.Kind.COPY_ENDS);
      int read = queue.read[i];
      if (read > 0) {
        long source = queue.sources[i];
        byte[] from = global.require(source, read, 1, lane, "asynchronous copy");
        System.arraycopy(from, (int) source, target, at, read);
      }
      Arrays.fill(target, at + read, at + queue.sizes[i], (byte) 0);
    }
    int left = queue.count - end;
    System.arraycopy(queue.sources, end, queue.sources, 0, left);
    System.arraycopy(queue.targets, end, queue.targets, 0, left);
    System.arraycopy(queue.sizes, end, queue.sizes, 0, left);
    System.arraycopy(queue.read, end, queue.read, 0, left);
    queue.count = left;
  }
}
