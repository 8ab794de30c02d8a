package org.pellucid.backend.cuda;

import java.util.Locale;
import org.pellucid.api.Device;

/**
 * A card.
 *
 * @param ordinal the driver's number of it, from 0
 * @param handle the driver's handle of it
 * @param name as the driver calls it, {@code NVIDIA H200}
 * @param capability what its processors can do
 * @param memoryBytes its memory
 * @param uuid {@code GPU-} and 32 hexadecimal digits in five groups, as {@code nvidia-smi -L}
 *     writes it
 * @param limits what a launch may ask for
 */
public record CudaDevice(
    int ordinal,
    int handle,
    String name,
    ComputeCapability capability,
    long memoryBytes,
    String uuid,
    Limits limits) {

  /**
   * What a launch may ask for.
   *
   * @param processors streaming multiprocessors
   * @param threadsPerBlock most threads of a block
   * @param sharedBytesPerBlock most shared memory of a block without asking for more
   * @param sharedBytesOptIn most shared memory of a block for a kernel that asks for it
   */
  public record Limits(
      int processors, int threadsPerBlock, int sharedBytesPerBlock, int sharedBytesOptIn) {}

  /** Whether a text is its UUID or the beginning of it. */
  boolean isCalled(String text) {
    return Device.isUuid(text)
        && uuid.startsWith("GPU-" + text.substring(4).toLowerCase(Locale.ROOT));
  }

  @Override
  public String toString() {
    return name + " (" + uuid + ", compute capability " + capability + ")";
  }
}
