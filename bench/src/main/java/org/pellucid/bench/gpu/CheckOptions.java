package org.pellucid.bench.gpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.pellucid.bench.Networks;

/**
 * What was asked for on the command line.
 *
 * @param backend the id of the backend that is checked
 * @param device where, as users write it
 * @param parts what is done, in order
 * @param networks what is timed and compared
 * @param seconds how long all of the usual parts may take together; each has its share
 * @param python the Python that is tried for PyTorch
 * @param script the script for PyTorch
 */
record CheckOptions(
    String backend,
    String device,
    List<Part> parts,
    List<Networks> networks,
    int seconds,
    String python,
    String script) {

  static final String USAGE =
      """
      Checks and times the cuda backend on the graphics card of this machine; prints one table.
        gpu-check [--parts P,...] [--networks N,...] [--seconds S] [--device D] [--backend ID] \
      [--python PYTHON]
      Parts: %s; all but times-float64 and kernels unless said.
      Networks: VGG16,RESNET50 unless said; there are %s.
      Exit code: 0 all is well, 1 something failed, 2 wrong usage, 3 no card can be used.\
      """
          .formatted(Part.names(), Arrays.toString(Networks.values()));

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  static CheckOptions of(List<String> arguments) {
    CheckOptions options =
        new CheckOptions(
            "cuda",
            "gpu",
            Part.USUAL,
            List.of(Networks.VGG16, Networks.RESNET50),
            Part.usualSeconds(),
            "python3",
            "pytorch.py");
    for (int i = 0; i < arguments.size(); i += 2) {
      if (i + 1 == arguments.size()) {
        throw new IllegalArgumentException(arguments.get(i) + " takes a value");
      }
      options = options.with(arguments.get(i), arguments.get(i + 1));
    }
    return options;
  }

  private CheckOptions with(String name, String value) {
    return switch (name) {
      case "--backend" -> new CheckOptions(value, device, parts, networks, seconds, python, script);
      case "--device" -> new CheckOptions(backend, value, parts, networks, seconds, python, script);
      case "--parts" ->
          new CheckOptions(
              backend,
              device,
              Arrays.stream(value.split(",")).map(Part::of).toList(),
              networks,
              seconds,
              python,
              script);
      case "--networks" ->
          new CheckOptions(
              backend,
              device,
              parts,
              Arrays.stream(value.split(",")).map(Networks::valueOf).toList(),
              seconds,
              python,
              script);
      case "--seconds" ->
          new CheckOptions(
              backend, device, parts, networks, Integer.parseInt(value), python, script);
      case "--python" -> new CheckOptions(backend, device, parts, networks, seconds, value, script);
      case "--script" -> new CheckOptions(backend, device, parts, networks, seconds, python, value);
      default -> throw new IllegalArgumentException("There is no option " + name);
    };
  }

  /** The names of the networks, with commas. */
  String networkNames() {
    return networks.stream().map(Networks::name).collect(Collectors.joining(","));
  }

  /** The arguments that a part in a process of its own reads again. */
  List<String> forPart() {
    return new ArrayList<>(
        List.of(
            "--backend",
            backend,
            "--device",
            device,
            "--networks",
            networkNames(),
            "--seconds",
            Integer.toString(seconds),
            "--python",
            python,
            "--script",
            script));
  }
}
