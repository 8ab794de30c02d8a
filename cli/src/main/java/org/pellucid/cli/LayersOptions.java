package org.pellucid.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Several layers, each on its own. */
final class LayersOptions {
  @Option(
      names = {"--layers", "--layer"},
      paramLabel = "L",
      split = ",",
      description =
          "Layers: names, unique suffixes, conv:-1, or positions. Default: the last one that"
              + " computes features. See: pellucid layers MODEL")
  private List<String> layers = new ArrayList<>();

  List<String> layers() {
    return layers.stream().map(String::strip).toList();
  }
}
