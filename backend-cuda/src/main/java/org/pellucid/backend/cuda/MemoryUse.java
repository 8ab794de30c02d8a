package org.pellucid.backend.cuda;

/**
 * What a context has allocated on its card.
 *
 * @param bytes now
 * @param peakBytes the most so far
 * @param buffers how many buffers there are now
 */
public record MemoryUse(long bytes, long peakBytes, int buffers) {
  MemoryUse plus(long more) {
    return new MemoryUse(bytes + more, Math.max(peakBytes, bytes + more), buffers + 1);
  }

  MemoryUse minus(long less) {
    return new MemoryUse(bytes - less, peakBytes, buffers - 1);
  }
}
