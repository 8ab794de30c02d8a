package org.pellucid.api;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a backend runs.
 *
 * @param kind processor or graphics card
 * @param index which card, from 0; 0 for the CPU
 * @since 0.1.0
 */
public record Device(Kind kind, int index) {
  /** The CPU. */
  public static final Device CPU = new Device(Kind.CPU, 0);

  private static final Pattern CARD = Pattern.compile("(?:gpu|cuda)(?::(\\d{1,4}))?");
  private static final Pattern UUID = Pattern.compile("GPU-[0-9a-fA-F][0-9a-fA-F-]*");

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
   * A device as users write it: {@code cpu}, {@code gpu} (the first), {@code gpu:1}, or, as in
   * PyTorch, {@code cuda:1}. Which card a UUID names is for {@link GradientBackend#device} to say.
   *
   * @throws InvalidRequestException if it reads otherwise
   */
  public static Device of(String text) {
    if (text.equals("cpu")) {
      return CPU;
    }
    Matcher card = CARD.matcher(text);
    if (card.matches()) {
      return gpu(card.group(1) == null ? 0 : Integer.parseInt(card.group(1)));
    }
    throw new InvalidRequestException(
        "No device is called \""
            + text
            + "\"; write cpu, gpu, gpu:N or cuda:N, or the beginning of a card's UUID (GPU-...)");
  }

  /**
   * Whether a text is the UUID of a graphics card or the beginning of one, as {@code nvidia-smi -L}
   * prints it: {@code GPU-5d3e}.
   */
  public static boolean isUuid(String text) {
    return UUID.matcher(text).matches();
  }

  /** {@code cpu} or {@code gpu:0}. */
  @Override
  public String toString() {
    return kind == Kind.CPU ? "cpu" : "gpu:" + index;
  }
}
