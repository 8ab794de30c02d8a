package org.pellucid.bench.gpu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.bench.Networks;
import org.pellucid.bench.Subject;

/** Which kernels take how long in a forward pass and in gradients at the last layer. */
final class KernelTimes {
  /** The system property of the cuda backend that names a file for the times of its kernels. */
  private static final String PROPERTY = "pellucid.cuda.times";

  private static final int REPETITIONS = 5;
  private static final int MOST_TOLD = 30;

  private KernelTimes() {}

  /** Tells a network's dearest kernels, each with its grid, launches and milliseconds in all. */
  static void tell(GradientBackend backend, LoadOptions options, Networks network, Report report) {
    try {
      Path file = Files.createTempFile("kernels", ".tsv");
      try {
        System.setProperty(PROPERTY, file.toString());
        try (Subject subject = new Subject(backend, network, network.build(), options, 0)) {
          for (int i = 0; i < REPETITIONS; i++) {
            subject.gradients(Times.MANY);
          }
        }
        List<String> lines = Files.readAllLines(file);
        report.note(
            String.format(
                "Kernels of %s in %s: %d times %d images, forward and gradients at the last layer",
                network, options.precision().id(), REPETITIONS, Times.MANY));
        lines.stream().limit(MOST_TOLD).forEach(report::note);
      } finally {
        System.clearProperty(PROPERTY);
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
