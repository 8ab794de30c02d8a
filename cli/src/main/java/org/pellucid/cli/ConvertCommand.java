package org.pellucid.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

  @Mixin private ModelOutput output;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    output.write(network.loader().registry(Installation.of(spec)).convert(network.file()), out);
  }
}
