package org.pellucid.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pellucid.api.InvalidRequestException;
import picocli.CommandLine.Option;

/**
 * Arrays in place of an image. The images themselves stand in each command: they follow its model.
 */
final class SourceOptions {
  @Option(
      names = "--npy",
      paramLabel = "IN.npy",
      parameterConsumer = Values.Arrays.class,
      description = "Raw inputs in place of an image, one per model input, in order.")
  private List<String> arrays = new ArrayList<>();

  /** Checks that there are images or arrays, and not both. */
  void check(List<Path> images) {
    if (images.isEmpty() == arrays.isEmpty()) {
      throw new InvalidRequestException("Give images, or arrays with --npy, and not both");
    }
  }

  List<String> arrays() {
    return arrays;
  }
}
