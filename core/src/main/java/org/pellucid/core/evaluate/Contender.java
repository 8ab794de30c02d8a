package org.pellucid.core.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.Explainer;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.MapSelection;
import org.pellucid.api.Need;
import org.pellucid.api.NeuronSelection;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.core.Examination;
import org.pellucid.core.Layer;
import org.pellucid.core.Registry;
import org.pellucid.core.Request;
import org.pellucid.core.TargetChoice;

/**
 * A method with options at a layer.
 *
 * @param setting as it was asked for
 * @param method what explains
 * @param layer where; empty for a method that explains the input itself
 * @param baseline whether it only serves to compare with
 */
record Contender(Setting setting, Explainer method, Optional<Layer> layer, boolean baseline) {
  private static final Set<Need> OF_FEW_PASSES =
      Set.of(Need.LAYER, Need.LAYER_GRADIENTS, Need.NOISY_COPIES);
  private static final String SEED = "seed";

  /** The methods that are asked for, without layers. */
  static Map<Setting, Explainer> methods(Registry registry, EvaluationRequest request) {
    Map<Setting, Explainer> methods = new LinkedHashMap<>();
    if (request.namesMethods()) {
      for (Setting setting : request.methods()) {
        methods.put(setting, registry.explainer(setting.id()));
      }
    } else {
      for (Explainer method : registry.explainers()) {
        if (!request.methods().isEmpty() || OF_FEW_PASSES.containsAll(method.needs())) {
          methods.put(Setting.of(method.id()), method);
        }
      }
    }
    methods.forEach((setting, method) -> Options.parse(method.options(), setting.options()));
    return methods;
  }

  /** All that compete. */
  static List<Contender> all(Registry registry, EvaluationRequest request, List<Layer> layers) {
    List<Contender> all = new ArrayList<>();
    methods(registry, request)
        .forEach(
            (setting, method) -> {
              if (takesLayer(method)) {
                layers.forEach(
                    layer -> all.add(new Contender(setting, method, Optional.of(layer), false)));
              } else {
                all.add(new Contender(setting, method, Optional.empty(), false));
              }
            });
    if (request.baselines()) {
      for (Explainer baseline : List.of(new RandomMap(), new CentreMap())) {
        layers.forEach(
            layer ->
                all.add(
                    new Contender(Setting.of(baseline.id()), baseline, Optional.of(layer), true)));
      }
    }
    if (all.stream().map(each -> each.name() + " " + each.place()).distinct().count()
        < all.size()) {
      throw new InvalidRequestException(
          "A method takes part twice with the same options, found "
              + all.stream().map(Contender::name).toList());
    }
    return all;
  }

  private static boolean takesLayer(Explainer method) {
    return method.needs().contains(Need.LAYER);
  }

  /** What results are listed under. */
  String name() {
    return setting.name();
  }

  /** The layer's name, or that the input itself is explained. */
  String place() {
    return layer.map(found -> found.tap().tensor()).orElse("input");
  }

  /** The request to a model; its target is not looked at. */
  Request request() {
    return new Request(
        method.id(),
        setting.options(),
        layer.map(found -> List.of(found.tap().tensor())).orElse(List.of()),
        Optional.empty(),
        TargetChoice.TOP,
        MapSelection.all(),
        List.of(),
        List.of(),
        NeuronSelection.Role.CONTRIBUTION,
        java.util.OptionalInt.empty());
  }

  /** Whether the method draws by a seed. */
  boolean isSeeded() {
    return method.options().stream().map(Option::name).anyMatch(SEED::equals);
  }

  /** The same with another seed. */
  Contender withSeed(long seed) {
    return new Contender(setting.with(SEED, seed), method, layer, baseline);
  }

  /**
   * Explains.
   *
   * @param seed the image's, for a baseline that draws
   */
  Saliency explain(Examination examination, long seed) {
    if (!baseline) {
      return examination.saliency(request());
    }
    Options options = Options.parse(method.options(), setting.options());
    if (isSeeded() && !setting.options().containsKey(SEED)) {
      options = options.with(RandomMap.SEED, seed);
    }
    return method.explain(examination.probe(), Selection.of(layer.orElseThrow().tap()), options);
  }
}
