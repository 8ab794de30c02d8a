package org.pellucid.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pellucid.api.InvalidRequestException;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is explained: images, or arrays in place of one. */
final class SourceOptions {
  @Parameters(index = "1..*", arity = "0..*", paramLabel = "IMAGE", description = "Images.")
  private List<Path> images = new ArrayList<>();

  @Option(
      names = "--npy",
      paramLabel = "IN.npy",
      parameterConsumer = Values.Arrays.class,
      description = "Raw inputs in place of an image, one per model input, in order.")
  private List<String> arrays = new ArrayList<>();

  /** Checks that there is one or the other. */
  void check() {
    if (images.isEmpty() == arrays.isEmpty()) {
      throw new InvalidRequestException("Give images, or arrays with --npy, and not both");
    }
  }

  List<Path> images() {
    return images;
  }

  List<String> arrays() {
    return arrays;
  }
}
