package org.pellucid.it;

import java.io.IOException;
import java.nio.file.Path;
import org.pellucid.api.Progress;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Request;
import org.pellucid.core.image.SourceImage;

/**
 * The work of {@link SampleMemoryIT}, in a JVM of its own so that nothing else moves its memory:
 * one map of Smooth Grad-CAM++ from start to end. Prints the most that was used of the heap and the
 * most that lay in memory, in KiB.
 */
final class SampleMemory {
  private SampleMemory() {}

  /** Takes the directory of the examples, and the number of samples. */
  public static void main(String[] arguments) throws IOException {
    Path examples = Path.of(arguments[0]);
    Request request = Request.DEFAULT.withOption("samples", arguments[1]);
    try (Pellucid pellucid =
        Pellucid.loader().backend("onnxruntime").load(examples.resolve("shapes.onnx"))) {
      SourceImage image = SourceImage.read(examples.resolve("two-stars.png"));
      pellucid.explain("image", image, request, Progress.NONE);
    }
    System.out.println(ProcessMemory.highestHeap());
    System.out.println(ProcessMemory.highest());
  }
}
