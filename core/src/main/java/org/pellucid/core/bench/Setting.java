package org.pellucid.core.bench;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.pellucid.api.Precision;
import org.pellucid.core.image.Preset;

/**
 * How a network runs while it is timed; each has a process of its own.
 *
 * @param backend id of a backend, or {@code auto}
 * @param device {@code auto}, {@code cpu} or {@code gpu:N}
 * @param precision the network's arithmetic
 * @param threads threads that compute; empty leaves them to the engine
 * @param size height and width of the input; empty takes what the model or its preset says
 */
public record Setting(
    String backend,
    String device,
    Precision precision,
    OptionalInt threads,
    Optional<Preset.Size> size) {
  /** All parts are required. */
  public Setting {
    Objects.requireNonNull(backend, "backend");
    Objects.requireNonNull(device, "device");
    Objects.requireNonNull(precision, "precision");
    Objects.requireNonNull(threads, "threads");
    Objects.requireNonNull(size, "size");
  }

  /** The threads as a table shows them. */
  public String threadsText() {
    return threads.isPresent() ? Integer.toString(threads.getAsInt()) : "auto";
  }

  /** The size as {@code 224x224}; {@code auto} where it was left open. */
  public String sizeText() {
    return size.map(pixels -> pixels.height() + "x" + pixels.width()).orElse("auto");
  }

  @Override
  public String toString() {
    return backend
        + (device.equals("auto") ? "" : " on " + device)
        + (threads.isEmpty() ? "" : ", threads " + threadsText())
        + (size.isEmpty() ? "" : ", " + sizeText());
  }
}
