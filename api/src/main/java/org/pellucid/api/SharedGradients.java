package org.pellucid.api;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.graph.Tensor;

/** Gradients of the clean image at any tensors: one forward pass for all targets of the image. */
final class SharedGradients {
  private SharedGradients() {}

  private record AtTensors(Map<Tap, Tensor> gradients) {}

  /** In the model itself; what a probe's target is may be found out here. */
  static Map<Tap, Tensor> at(StandardProbe asking, Set<Tap> taps) {
    record Question(Set<Tap> taps) {}
    StandardProbe.Passes passes = asking.passes();
    return asking
        .shared(
            new Question(Set.copyOf(taps)),
            AtTensors.class,
            taps.stream().mapToLong(tap -> 8L * passes.probed().elements(tap)).sum(),
            sharing -> {
              List<Target> known = sharing.stream().map(StandardProbe::known).toList();
              return passes
                  .clean()
                  .gradients(
                      taps,
                      known,
                      scores -> sharing.stream().map(probe -> probe.resolve(scores)).toList())
                  .stream()
                  .map(AtTensors::new)
                  .toList();
            })
        .gradients();
  }

  private record ByRead(Map<Tap, Map<Tap, Tensor>> gradients) {}

  /**
   * In a network that was made of the model, for a probe whose target is resolved.
   *
   * @param key what it was made for
   * @param at where gradients are taken, by what is read
   */
  static Map<Tap, Map<Tap, Tensor>> in(
      StandardProbe probe, Object key, LoadedModel network, Map<Tap, Set<Tap>> at) {
    record Question(Object key, Map<Tap, Set<Tap>> at) {}
    long bytes =
        at.values().stream()
            .flatMap(Set::stream)
            .mapToLong(tap -> 8L * network.graph().type(tap.tensor()).shape().size())
            .sum();
    return probe
        .shared(
            new Question(key, Map.copyOf(at)),
            ByRead.class,
            bytes,
            sharing ->
                probe
                    .passes()
                    .clean()
                    .gradients(network, at, StandardProbe.targets(sharing))
                    .stream()
                    .map(ByRead::new)
                    .toList())
        .gradients();
  }
}
