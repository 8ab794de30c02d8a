package org.pellucid.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.pellucid.core.ConvertedModel;
import org.pellucid.core.DifferentiatedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a model of any format as ONNX. */
@Command(
    name = "convert",
    description = {
      "Writes a model of any format that can be read as ONNX, and prints its inputs and outputs."
          + " Layers keep their names. The model takes any number of samples where they do not mix.",
      "",
      "What makes an image into the model's input is not part of the file; a preset that is known"
          + " is noted in its metadata."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  pellucid convert model.zip model.onnx",
      "  pellucid convert model.h5 model.onnx --size 299x299 --opset 13"
    })
final class ConvertCommand implements Runnable {
  @Mixin private NetworkOptions network;

  @Parameters(index = "1", paramLabel = "OUT.onnx", description = "The file to write.")
  private Path out;

  @Option(
      names = "--opset",
      paramLabel = "N",
      defaultValue = "" + DifferentiatedModel.DEFAULT_OPSET,
      description = "Version of the ONNX operators. Default: ${DEFAULT-VALUE}.")
  private int opset;

  @Option(
      names = "--external-data",
      description =
          "Puts large weights into a second file, OUT.onnx.data, as is done anyway above 2 GB.")
  private boolean externalData;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    ConvertedModel model = network.loader().registry(Installation.of(spec)).convert(network.file());
    PrintWriter err = spec.commandLine().getErr();
    model
        .batchingObstacle()
        .ifPresent(
            why ->
                err.println(
                    "pellucid: note: the model takes "
                        + model.samples()
                        + (model.samples() == 1 ? " sample" : " samples")
                        + " at a time: "
                        + why));
    err.flush();
    model.write(out, opset, externalData);
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.println(out);
    for (String input : model.graph().inputs().keySet()) {
      stdout.println("input\t" + input + "\t" + model.describe(input));
    }
    for (String output : model.graph().outputs()) {
      stdout.println("output\t" + output + "\t" + model.describe(output));
    }
    stdout.flush();
  }
}
