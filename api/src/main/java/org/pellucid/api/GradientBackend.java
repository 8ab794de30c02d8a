package org.pellucid.api;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.UnsupportedModelException;

/**
 * An engine that runs networks and takes gradients. A service: implementations stand in {@code
 * META-INF/services}, have a public constructor without parameters, and touch no native code in it.
 * Safe for use by several threads.
 *
 * @since 0.1.0
 */
public interface GradientBackend {
  /** A short stable name, lower case: {@code "djl"}. */
  String id();

  /** Whether it can be used here, and what is missing otherwise. Never throws. */
  Availability availability();

  /**
   * Which backend is taken where the user leaves the choice: of those that can run a model as asked
   * for, the one of the largest number. The numbers follow measured speed; below 0 are backends for
   * checking others, which are taken where nothing else can do it.
   */
  default int preference() {
    return 0;
  }

  /** Where it can run, best first; empty when not available. */
  List<Device> devices();

  /**
   * The memory of a device as this backend counts it; empty where it does not, which is never asked
   * for but for a report.
   *
   * @param device of {@link #devices}
   */
  default Optional<DeviceMemory> memory(Device device) {
    return Optional.empty();
  }

  /**
   * The device of a name that a user gives: as {@link Device#of} reads it, or the UUID of a
   * graphics card or its beginning, where the backend knows the UUIDs of its cards.
   *
   * @return empty where it has no such device
   * @throws InvalidRequestException if the name is none of a device, or the beginning of the UUIDs
   *     of several cards
   */
  default Optional<Device> device(String name) {
    return Device.isUuid(name)
        ? Optional.empty()
        : Optional.of(Device.of(name)).filter(devices()::contains);
  }

  /** The arithmetics it offers. */
  Set<Precision> precisions();

  /**
   * Why it cannot run a node; asked for every node before a model is loaded.
   *
   * @return empty when it can; otherwise the reason, naming what of the attributes is in the way
   */
  Optional<String> refusal(Node node, Precision precision);

  /**
   * Loads a network. Every node is checked first ({@link #refusal}); nothing native stays behind
   * when loading fails.
   *
   * @throws UnsupportedModelException naming the nodes it cannot run
   * @throws BackendException if the backend, the device or the precision is not available
   */
  LoadedModel load(ModelGraph graph, LoadOptions options);
}
