package org.pellucid.api;

/**
 * Where a backend runs.
 *
 * @param kind processor or graphics card
 * @param index which card, from 0; 0 for the CPU
 */
public record Device(Kind kind, int index) {
  /** The CPU. */
  public static final Device CPU = new Device(Kind.CPU, 0);

  /** The kinds of device. */
  public enum Kind {
    /** The processor. */
    CPU,
    /** A graphics card. */
    GPU
  }

  /** A graphics card by number. */
  public static Device gpu(int index) {
    return new Device(Kind.GPU, index);
  }

  /**
   * A device as users write it: {@code cpu}, {@code gpu} (the first) or {@code gpu:1}.
   *
   * @throws InvalidRequestException if it reads otherwise
   */
  public static Device of(String text) {
    if (text.equals("cpu")) {
      return CPU;
    }
    if (text.matches("gpu(:\\d{1,4})?")) {
      return gpu(text.equals("gpu") ? 0 : Integer.parseInt(text.substring(4)));
    }
    throw new InvalidRequestException(
        "No device is called \"" + text + "\"; write cpu, gpu or gpu:N");
  }

  /** {@code cpu} or {@code gpu:0}. */
  @Override
  public String toString() {
    return kind == Kind.CPU ? "cpu" : "gpu:" + index;
  }
}
