package org.pellucid.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.pellucid.api.CancelledException;
import picocli.CommandLine;

/** Work on several images: one that fails does not stop the others. */
final class Batch {
  private Batch() {}

  /**
   * Does the work for each image, printing failures.
   *
   * @return the exit code of the first failure, or 0
   */
  static int run(List<Path> images, CommandLine commandLine, Consumer<Path> work) {
    int first = 0;
    for (Path image : images) {
      try {
        work.accept(image);
      } catch (CancelledException e) {
        throw e;
      } catch (RuntimeException | OutOfMemoryError e) {
        commandLine.getErr().println(Failures.line(e) + about(e, image));
        commandLine.getErr().flush();
        first = first == 0 ? Failures.exitCode(e) : first;
      }
    }
    return first;
  }

  private static String about(Throwable failure, Path image) {
    String message = String.valueOf(failure.getMessage());
    return message.contains(image.toString()) ? "" : " (" + image + ")";
  }
}
