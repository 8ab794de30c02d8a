package org.pellucid.core;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.pellucid.api.Tap;
import org.pellucid.core.image.Preset;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.pass.TokenGrids;

/**
 * A classifier as it was read: the network, and what its input and its scores mean. No engine is
 * involved.
 *
 * @param file where it comes from
 * @param registry where explainers come from
 * @param graph the network
 * @param tokens where it holds tokens that lie on a grid
 * @param input the name of the explained input
 * @param head what the scores mean
 * @param layers what can be explained
 * @param knownPreset how images become numbers, where that was said or lies beside the model
 * @param warnings what is odd about it
 */
record Classifier(
    ModelFile file,
    Registry registry,
    ModelGraph graph,
    TokenGrids tokens,
    String input,
    ClassifierHead head,
    Layers layers,
    Optional<Preset> knownPreset,
    List<String> warnings) {

  /** The network with those of some layers in it that are tokens on a grid. */
  ModelGraph graphWith(Collection<Tap> layers) {
    return tokens.with(tokens.among(layers.stream().map(Tap::tensor).toList()));
  }

  /**
   * The layers before a tensor: those that what is read of it can be explained in.
   *
   * @param reads the scores or another tensor
   */
  Layers layersBefore(Tap reads) {
    return reads.tensor().equals(head.logits()) ? layers : Layers.of(tokens, input, reads.tensor());
  }

  /** How images become numbers; assumed to be as for ImageNet where nothing is known. */
  Preset preset() {
    return knownPreset.orElse(Preset.IMAGENET);
  }
}
