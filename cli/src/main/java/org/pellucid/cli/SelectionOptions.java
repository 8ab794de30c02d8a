package org.pellucid.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.pellucid.api.MapSelection;
import org.pellucid.api.NeuronSelection;
import org.pellucid.api.Region;
import org.pellucid.core.TargetChoice;
import picocli.CommandLine.Option;

/** Which class, which part of a layer, and the options of methods. */
final class SelectionOptions {
  @Option(
      names = "--target",
      paramLabel = "T",
      defaultValue = "top",
      description =
          "top, top:K, a class index or label (a number is an index where the model has that"
              + " class), above:T, contrast:A,B, sum:C=W,..., positive, negative,"
              + " output[:NAME][:I], segment:C[@X,Y,W,H|@MASK], box[:C][@I|@X,Y,W,H],"
              + " similar[:TENSOR]@FILE, neuron:LAYER@K[,R,C]. Default: ${DEFAULT-VALUE}.")
  private String target;

  @Option(
      names = "--maps",
      paramLabel = "3,7-9|top:K",
      description = "Feature maps that take part. Default: all.")
  private String maps;

  @Option(
      names = "--cells",
      paramLabel = "R,C[,H,W]",
      parameterConsumer = Values.Regions.class,
      description =
          "Neurons that take part, in cells of the layer; I[-J] of a signal's,"
              + " D,R,C[,DEPTH,H,W] of a volume's.")
  private List<String> cells = new ArrayList<>();

  @Option(
      names = "--pixels",
      paramLabel = "X,Y[,W,H]",
      parameterConsumer = Values.Regions.class,
      description =
          "Neurons that take part, in pixels of the image as displayed; I[-J] of a signal,"
              + " X,Y,Z[,W,H,DEPTH] of a volume.")
  private List<String> pixels = new ArrayList<>();

  @Option(
      names = "--neurons",
      completionCandidates = Choices.Roles.class,
      paramLabel = "ROLE",
      defaultValue = "contribution",
      description =
          "What --cells and --pixels restrict: contribution, weight or both. Default:"
              + " ${DEFAULT-VALUE}.")
  private String neurons;

  @Option(
      names = "--option",
      paramLabel = "NAME=VALUE",
      parameterConsumer = Values.Settings.class,
      description = "An option of the method. See: pellucid methods ID")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--samples",
      paramLabel = "N|auto",
      description =
          "Short for --option samples=N; auto adds samples until the map has settled to the"
              + " tolerance.")
  private String samples;

  @Option(
      names = "--tolerance",
      paramLabel = "PART",
      description = "Short for --option tolerance=PART, of --samples auto.")
  private String tolerance;

  @Option(names = "--noise", paramLabel = "LEVEL", description = "Short for --option noise=LEVEL.")
  private String noise;

  @Option(names = "--seed", paramLabel = "N", description = "Short for --option seed=N.")
  private String seed;

  TargetChoice target() {
    return TargetChoice.of(target);
  }

  MapSelection maps() {
    return maps == null ? MapSelection.all() : RegionText.maps(maps);
  }

  List<Region> cells() {
    return cells.stream().map(RegionText::cells).toList();
  }

  List<Region> pixels() {
    return pixels.stream().map(RegionText::pixels).toList();
  }

  NeuronSelection.Role neurons() {
    return NetworkOptions.choice("--neurons", NeuronSelection.Role.class, neurons);
  }

  /** Options of methods, by name. */
  Map<String, String> options() {
    Map<String, String> options = Settings.read(settings);
    Settings.put(options, "samples", samples);
    Settings.put(options, "tolerance", tolerance);
    Settings.put(options, "noise", noise);
    Settings.put(options, "seed", seed);
    return options;
  }
}
