package org.pellucid.api;

/**
 * What a backend has allocated on a device in this process, for all its models together. Safe for
 * use by several threads.
 */
public interface DeviceMemory {
  /** The most bytes at once since {@link #restart} was called last, or since the backend began. */
  long peakBytes();

  /** Forgets the peak, so that it is what is allocated now. */
  void restart();
}
