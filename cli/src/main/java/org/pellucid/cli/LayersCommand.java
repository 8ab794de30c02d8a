package org.pellucid.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.pellucid.core.Layer;
import org.pellucid.core.Pellucid;
import org.pellucid.graph.Shape;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists what of a model can be explained. */
@Command(
    name = "layers",
    description =
        "Lists the layers of a model that can be explained: position, operation, feature maps and"
            + " cells, where it stands with respect to the activation function, and name. The"
            + " default is marked with *.",
    mixinStandardHelpOptions = true,
    footerHeading =
        "%nA layer is named by its position, its name or node's name, a suffix that only"
            + " one has,%nor an operation and a number: conv:-1 is the last convolution.%n%nExample:%n",
    footer = "  pellucid layers model.onnx")
final class LayersCommand implements Runnable {
  @Mixin private ModelOptions model;
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    try (Pellucid pellucid = model.load()) {
      ModelOptions.warn(pellucid, spec);
      for (Layer layer : pellucid.layers().all()) {
        String line =
            String.format(
                Locale.ROOT,
                "%s%4d  %-22s %-14s %-8s %s",
                layer.isDefault() ? "*" : " ",
                layer.position(),
                layer.operation(),
                text(layer.shape()),
                switch (layer.stage()) {
                  case AFTER_ACTIVATION -> "after";
                  case BEFORE_ACTIVATION -> "before";
                  case LINEAR -> "linear";
                },
                layer.tap().tensor());
        out.println(line);
      }
      pellucid.batchingObstacle().ifPresent(why -> out.println("Samples run one by one: " + why));
    }
  }

  private static String text(Shape shape) {
    StringBuilder text = new StringBuilder();
    for (int dim : shape.dims()) {
      text.append(text.length() == 0 ? "" : "x").append(dim);
    }
    return text.toString();
  }
}
