package org.pellucid.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.core.TargetChoice;
import org.pellucid.core.dataset.DataSet;
import org.pellucid.core.evaluate.Setting;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What is measured of maps, on which images of a data set, and where the results go. The data set
 * itself stands in each command: it follows its model.
 */
final class MeasuringOptions {
  @Mixin private LayersOptions layers;

  @Option(
      names = {"--metrics", "--metric"},
      completionCandidates = Choices.Metrics.class,
      paramLabel = "ID[:NAME=VALUE]",
      split = ",",
      description =
          "Metrics, each with options, or all. Default: those that the data set has enough for and"
              + " that explain nothing again. See: pellucid metrics")
  private List<String> metrics = new ArrayList<>();

  @Option(
      names = "--target",
      paramLabel = "T",
      description =
          "Which class of an image, as explain takes it: top, an index, a label. Default: the"
              + " classes that the data set says are there, else the predicted one.")
  private String target;

  @Option(
      names = "--first",
      paramLabel = "N",
      description = "Only the first N images of the data set.")
  private Integer first;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description = "Where the images of COCO's annotations are. Default: near the annotations.")
  private Path folder;

  @Mixin private ResultOptions results;

  /** What there is at a path, as far as it is asked for. */
  DataSet open(Path dataSet) {
    DataSet data = DataSet.open(dataSet, Optional.ofNullable(folder));
    return first == null ? data : data.first(first);
  }

  List<String> layers() {
    return layers.layers();
  }

  List<Setting> metrics() {
    return metrics.stream().map(Setting::parse).toList();
  }

  Optional<TargetChoice> target() {
    return Optional.ofNullable(target).map(TargetChoice::of);
  }

  Path directory() {
    return results.directory();
  }
}
