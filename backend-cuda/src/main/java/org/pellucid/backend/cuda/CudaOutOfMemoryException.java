package org.pellucid.backend.cuda;

/** Memory of a card that was asked for and is not there. The context stays usable. */
public final class CudaOutOfMemoryException extends CudaException {
  private static final long serialVersionUID = 1L;

  private final long wanted;
  private final long free;
  private final long total;

  CudaOutOfMemoryException(
      String name, String call, String device, long wanted, long free, long total) {
    super(
        CudaResult.OUT_OF_MEMORY.code(),
        name,
        call,
        null,
        device
            + " has no "
            + inMegabytes(wanted)
            + " left: "
            + inMegabytes(free)
            + " of "
            + inMegabytes(total)
            + " are free. Fewer samples at once need less, and so does closing other programs on"
            + " the card");
    this.wanted = wanted;
    this.free = free;
    this.total = total;
  }

  private static String inMegabytes(long bytes) {
    return bytes < 10L << 20 ? bytes + " bytes" : (bytes >> 20) + " MiB";
  }

  /** The bytes that were asked for. */
  public long wanted() {
    return wanted;
  }

  /** The bytes that were free. */
  public long free() {
    return free;
  }

  /** The bytes of the card. */
  public long total() {
    return total;
  }
}
