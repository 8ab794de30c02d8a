package org.pellucid.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pellucid.api.BackendException;
import org.pellucid.api.Device;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Precision;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.UnsupportedModelException;

/**
 * Which backend and device run a model, by what the user asked for.
 *
 * @param services the backends there are
 * @param backend an id, or {@code auto}
 * @param deviceText a device, or {@code auto}
 * @param precision the arithmetic asked for
 */
record BackendChoice(Registry services, String backend, String deviceText, Precision precision) {

  /**
   * The most preferred backend that can run a model as it was asked for.
   *
   * @throws InvalidRequestException if no backend has the id, or the device is none
   * @throws UnsupportedModelException if a backend is as asked for, but has not the operations
   * @throws BackendException if no backend is available, or none has the device and precision
   */
  GradientBackend of(ModelGraph graph) {
    requireNameOfDevice();
    List<GradientBackend> candidates =
        backend.equals("auto") ? services.backends() : List.of(services.backend(backend));
    List<String> unavailable = new ArrayList<>();
    List<String> refusals = new ArrayList<>();
    for (GradientBackend candidate : candidates) {
      Optional<String> missing = missing(candidate);
      Optional<String> refusal = missing.isPresent() ? missing : refusal(candidate, graph);
      if (refusal.isEmpty()) {
        return candidate;
      }
      (missing.isPresent() ? unavailable : refusals).add(candidate.id() + ": " + refusal.get());
    }
    if (!refusals.isEmpty()) {
      throw new UnsupportedModelException("No backend can run this model. " + join(refusals));
    }
    throw new BackendException(
        candidates.isEmpty()
            ? "No backend is on the class path or in a plugin; add one beside this library"
                + problems()
            : "No backend can be used as asked for. " + join(unavailable) + problems());
  }

  /** Why the one backend of this id cannot run a model as asked for; empty where it can. */
  Optional<String> obstacle(ModelGraph graph) {
    requireNameOfDevice();
    GradientBackend candidate;
    try {
      candidate = services.backend(backend);
    } catch (InvalidRequestException e) {
      return Optional.of(e.getMessage());
    }
    return missing(candidate).or(() -> refusal(candidate, graph));
  }

  private static String join(List<String> reasons) {
    return String.join("; ", reasons);
  }

  private String problems() {
    return services.problems().isEmpty()
        ? ""
        : ". Not all of them started: " + join(services.problems());
  }

  private boolean anyDevice() {
    return deviceText.equals("auto");
  }

  private void requireNameOfDevice() {
    if (!anyDevice() && !Device.isUuid(deviceText)) {
      Device.of(deviceText);
    }
  }

  private Optional<String> missing(GradientBackend candidate) {
    if (!candidate.availability().available()) {
      return Optional.of(candidate.availability().detail());
    }
    if (!candidate.precisions().contains(precision)) {
      return Optional.of(
          "it has no precision "
              + precision.id()
              + "; it has "
              + candidate.precisions().stream()
                  .sorted()
                  .map(Precision::id)
                  .collect(Collectors.joining(", ")));
    }
    if (!anyDevice() && candidate.device(deviceText).isEmpty()) {
      return Optional.of(
          "it has no device "
              + deviceText
              + " here; it has "
              + candidate.devices().stream()
                  .map(Device::toString)
                  .collect(Collectors.joining(", ")));
    }
    return Optional.empty();
  }

  private Optional<String> refusal(GradientBackend candidate, ModelGraph graph) {
    return graph.nodes().stream()
        .flatMap(
            node ->
                candidate
                    .refusal(node, precision)
                    .map(reason -> node.describe() + ": " + reason)
                    .stream())
        .findFirst();
  }

  /** Where a backend runs: as it was asked for, or what the backend prefers. */
  Device device(GradientBackend engine) {
    return (anyDevice() ? engine.devices().stream().findFirst() : engine.device(deviceText))
        .orElse(Device.CPU);
  }
}
