package org.pellucid.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import org.pellucid.api.CancelledException;
import org.pellucid.core.io.FileNames;
import picocli.CommandLine;

/** Work on several images: one that fails does not stop the others. */
final class Batch {
  private Batch() {}

  /**
   * Does the work for each image, printing failures.
   *
   * @param work takes the image, and a stem that no other image of the batch has; stems go by the
   *     order of the images, whichever of them fail
   * @return the exit code of the first failure, or 0
   */
  static int run(List<Path> images, CommandLine commandLine, BiConsumer<Path, String> work) {
    FileNames stems = new FileNames();
    int first = 0;
    for (Path image : images) {
      String stem = stems.unique(FileNames.stem(image));
      try {
        work.accept(image, stem);
      } catch (CancelledException e) {
        throw e;
      } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
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
