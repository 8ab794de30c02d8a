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
  private DeviceBuffer workspace;

  BufferPool(CudaContext context) {
    this.context = context;
  }

  /** Memory of a size, for a while; asked by who has the context. */
  synchronized DeviceBuffer take(long bytes) {
    Deque<DeviceBuffer> kept = free.get(bytes);
    return kept == null || kept.isEmpty() ? make(bytes) : kept.pop();
  }

  /** Takes back what was taken. */
  void give(DeviceBuffer buffer) {
    // Asked before the pool is locked: who has the context may be about to lock the pool.
    if (context.usable()) {
      keep(buffer);
    }
  }

  private synchronized void keep(DeviceBuffer buffer) {
    free.computeIfAbsent(buffer.bytes(), size -> new ArrayDeque<>()).push(buffer);
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
      freeWorkspace();
      return context.allocate(bytes);
    }
  }
}
