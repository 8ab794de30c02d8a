package org.pellucid.backend.cuda;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Memory that values had is kept for the next ones of the same size: passes of equal shape follow
 * one another, and the driver waits for the card when memory is freed. What is done with it is in
 * the order of the stream, so that it can be given out again while its last reader still runs.
 */
final class BufferPool {
  private final CudaContext context;
  private final Map<Long, Deque<DeviceBuffer>> free = new HashMap<>();

  /** What is free and still has what its owner left in it. */
  private final Map<DeviceBuffer, Object> resting = new HashMap<>();

  private DeviceBuffer workspace;

  BufferPool(CudaContext context) {
    this.context = context;
  }

  /** Memory of a size, for a while; asked by who has the context. */
  synchronized DeviceBuffer take(long bytes) {
    Deque<DeviceBuffer> kept = free.get(bytes);
    if (kept == null || kept.isEmpty()) {
      return make(bytes);
    }
    DeviceBuffer buffer = kept.pop();
    resting.remove(buffer);
    return buffer;
  }

  /** Takes back what was taken. */
  void give(DeviceBuffer buffer) {
    // Asked before the pool is locked: who has the context may be about to lock the pool.
    if (context.usable()) {
      keep(buffer);
    }
  }

  private synchronized void keep(DeviceBuffer buffer) {
    freeOf(buffer).push(buffer);
  }

  private Deque<DeviceBuffer> freeOf(DeviceBuffer buffer) {
    return free.computeIfAbsent(buffer.bytes(), size -> new ArrayDeque<>());
  }

  /**
   * Takes back what was taken, and what is in it may be wanted again: it is given out last of its
   * size, the one that rests longest first.
   *
   * @param owner who may {@link #wake} it
   */
  void rest(DeviceBuffer buffer, Object owner) {
    if (context.usable()) {
      layDown(buffer, owner);
    }
  }

  private synchronized void layDown(DeviceBuffer buffer, Object owner) {
    freeOf(buffer).addLast(buffer);
    resting.put(buffer, owner);
  }

  /** Takes what rests again, as it was left; whether it is still there. */
  synchronized boolean wake(DeviceBuffer buffer, Object owner) {
    if (resting.get(buffer) != owner) {
      return false;
    }
    resting.remove(buffer);
    freeOf(buffer).remove(buffer);
    return true;
  }

  /**
   * Memory for what plans compute on the way, of a size at least; the same for all plans, which
   * take turns. Asked by who has the context, and used until the next memory is asked for.
   */
  synchronized DeviceBuffer workspace(long bytes) {
    if (workspace == null || workspace.bytes() < bytes) {
      freeWorkspace();
      workspace = make(bytes);
    }
    return workspace;
  }

  private void freeWorkspace() {
    if (workspace != null) {
      workspace.close();
      workspace = null;
    }
  }

  /**
   * New memory, at the cost of what is kept, the workspace included, where there is no other; asked
   * by who has the context.
   */
  synchronized DeviceBuffer make(long bytes) {
    try {
      return context.allocate(bytes);
    } catch (CudaOutOfMemoryException e) {
      if (free.isEmpty() && workspace == null) {
        throw e;
      }
      free.values().forEach(kept -> kept.forEach(DeviceBuffer::close));
      free.clear();
      resting.clear();
      freeWorkspace();
      return context.allocate(bytes);
    }
  }
}
