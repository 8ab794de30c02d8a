package org.pellucid.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.pellucid.core.WritableModel;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a model is written as ONNX, and what is said about it. */
final class ModelOutput {
  @Option(
      names = "--opset",
      paramLabel = "N",
      defaultValue = "" + WritableModel.DEFAULT_OPSET,
      description = "Version of the ONNX operators. Default: ${DEFAULT-VALUE}.")
  private int opset;

  @Option(
      names = "--external-data",
      description =
          "Puts large weights into a second file, OUT.onnx.data, as is done anyway above 2 GB.")
  private boolean externalData;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** Writes a model, and prints the file's name, inputs and outputs. */
  void write(WritableModel model, Path out) {
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
