package org.pellucid.backend.cuda;

import org.pellucid.api.DeviceMemory;

/** What the contexts on a card have allocated there, all together. */
final class CardMemory implements DeviceMemory {
  private long bytes;
  private long peak;

  synchronized void add(long more) {
    bytes += more;
    peak = Math.max(peak, bytes);
  }

  synchronized void take(long less) {
    bytes -= less;
  }

  @Override
  public synchronized long peakBytes() {
    return peak;
  }

  @Override
  public synchronized void restart() {
    peak = bytes;
  }
}
