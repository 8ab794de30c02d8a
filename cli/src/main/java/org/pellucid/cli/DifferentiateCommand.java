package org.pellucid.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.core.DifferentiatedModel;
import org.pellucid.core.DifferentiationRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a model with its gradients, or with an explanation. */
@Command(
    name = "differentiate",
    description = {
      "Writes an ONNX model that computes the gradients of a model, or an explanation, wherever"
          + " ONNX runs and without this software. Prints its inputs and outputs.",
      "",
      "Inputs are those of the model and, unless --target says otherwise, class: int64 [N], the"
          + " class of each sample. Outputs are scores [N, classes], before a trailing Softmax, and"
          + " for each layer activations/LAYER and gradients/LAYER, [N, maps, h, w]. With --method"
          + " there is map, [N, 1, H, W] at the size of the input, from 0 to 1, in their place;"
          + " it is 0 everywhere where nothing at the layer speaks for the class. A class that the"
          + " model does not have gives zeros.",
      "",
      "What makes an image into the model's input is not part of the file; a preset that is known"
          + " is noted in its metadata."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  pellucid differentiate model.onnx --method grad-cam -o model.grad-cam.onnx",
      "  pellucid differentiate model.onnx --method grad-cam++ --target top -o explained.onnx",
      "  pellucid differentiate model.onnx --layer conv:-1 --layer conv:-2 -o gradients.onnx",
      "  pellucid differentiate model.onnx --target 7 --opset 16 -o gradients-of-7.onnx"
    })
final class DifferentiateCommand implements Runnable {
  @Mixin private NetworkOptions network;

  @Option(
      names = "--method",
      completionCandidates = Choices.Formulas.class,
      paramLabel = "ID",
      description =
          "Method whose map the model computes: ${COMPLETION-CANDIDATES}. Default: none, but"
              + " activations and gradients.")
  private String method;

  @Option(
      names = "--layer",
      paramLabel = "L",
      description =
          "Layer: name, unique suffix, conv:-1, or position; several without --method. Default: the"
              + " last one that computes features. See: pellucid layers MODEL")
  private List<String> layers = new ArrayList<>();

  @Option(
      names = "--target",
      completionCandidates = Choices.DifferentiationTargets.class,
      paramLabel = "T",
      defaultValue = DifferentiationRequest.CLASS_INPUT,
      description =
          "class-input for a class per sample that is given as an input, top for the predicted one,"
              + " a class index, a label, contrast:A,B, sum:C=W,..., positive, negative,"
              + " output[:NAME][:I], or neuron:LAYER@K[,R,C]. Default: ${DEFAULT-VALUE}.")
  private String target;

  @Option(
      names = "--option",
      paramLabel = "NAME=VALUE",
      parameterConsumer = Values.Settings.class,
      description = "An option of the method. See: pellucid methods ID")
  private List<String> settings = new ArrayList<>();

  @Mixin private ModelOutput output;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "OUT.onnx",
      required = true,
      description = "The file to write.")
  private Path out;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    if (method != null) {
      // A misspelt method should not wait for a large model.
      Installation.of(spec).explainer(method);
    }
    DifferentiationRequest request =
        new DifferentiationRequest(
            layers, target, Optional.ofNullable(method), Settings.read(settings));
    DifferentiatedModel model =
        network.loader().registry(Installation.of(spec)).differentiate(network.file(), request);
    PrintWriter err = spec.commandLine().getErr();
    model.warnings().forEach(warning -> err.println("pellucid: warning: " + warning));
    err.flush();
    output.write(model, out);
  }
}
