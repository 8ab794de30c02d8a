package org.pellucid.core.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Precision;
import org.pellucid.core.image.Preset;

/**
 * What is timed: every work in every setting that can be made of the rest.
 *
 * @param works explanations and forward passes, those that need least memory first: what an engine
 *     allocates for one it keeps for those after it
 * @param backends ids
 * @param devices {@code auto}, {@code cpu}, {@code gpu:N}
 * @param threads threads that compute; empty leaves them to the engine
 * @param sizes sizes of the input; empty takes the model's
 * @param precision the network's arithmetic
 * @param timeLimit seconds after which nothing is done that need not be: each work is measured once
 *     at least
 * @param tightness part of the median that its interval of confidence may reach to either side
 *     before a work is done
 * @param reference whether maps are held against those of double precision
 * @param fixedToTop whether what the reference predicts is what all explain
 */
public record BenchmarkRequest(
    List<Work> works,
    List<String> backends,
    List<String> devices,
    List<OptionalInt> threads,
    List<Optional<Preset.Size>> sizes,
    Precision precision,
    double timeLimit,
    double tightness,
    boolean reference,
    boolean fixedToTop) {
  /** Copies the lists; none may be empty. */
  public BenchmarkRequest {
    works = List.copyOf(works);
    backends = List.copyOf(backends);
    devices = List.copyOf(devices);
    threads = List.copyOf(threads);
    sizes = List.copyOf(sizes);
    Objects.requireNonNull(precision, "precision");
    for (List<?> one : List.of(works, backends, devices, threads, sizes)) {
      if (one.isEmpty()) {
        throw new InvalidRequestException(
            "There must be something to time, on some backend, device, threads and size");
      }
    }
    if (!(timeLimit > 0) || !(tightness > 0)) {
      throw new InvalidRequestException(
          "The time limit and the width of the interval are positive, found "
              + timeLimit
              + " s and "
              + tightness);
    }
  }

  /** The settings that are timed in turns: all backends and devices with some threads. */
  List<Setting> together(OptionalInt count, Optional<Preset.Size> size) {
    List<Setting> settings = new ArrayList<>();
    for (String backend : backends) {
      for (String device : devices) {
        settings.add(new Setting(backend, device, precision, count, size));
      }
    }
    return settings;
  }
}
