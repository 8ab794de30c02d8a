package org.pellucid.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.pellucid.api.Progress;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Request;
import org.pellucid.core.image.SourceImage;

/**
 * The work of {@link SoakIT}, in a JVM of its own so that nothing else moves its memory. Prints a
 * line for each measurement: its name, the used heap after a collection, the resident memory and
 * the highest resident memory so far, in KiB.
 */
final class Soak {
  private static final Request GRAD_CAM = Request.DEFAULT.withMethod("grad-cam");
  private static final Request PLUS_PLUS = Request.DEFAULT.withMethod("grad-cam++");

  private final Path model;
  private final SourceImage image;

  private Soak(Path examples) {
    this.model = examples.resolve("shapes.onnx");
    this.image = SourceImage.read(examples.resolve("two-stars.png"));
  }

  /** Takes the directory of the examples. */
  public static void main(String[] arguments) throws IOException {
    Soak soak = new Soak(Path.of(arguments[0]));
    try (Pellucid pellucid = soak.load()) {
      soak.explanations(pellucid, 300);
      measure("warm");
      soak.explanations(pellucid, 1700);
      measure("explained");
      for (int i = 0; i < 4; i++) {
        soak.explain(pellucid, smooth(25));
      }
      measure("few-samples");
      soak.explain(pellucid, smooth(400));
      measure("many-samples");
    }
    soak.reopen(5);
    measure("reopened");
    soak.reopen(50);
    measure("reopened-often");
  }

  /** One thread: the network is too small for two to be faster. */
  private Pellucid load() {
    return Pellucid.loader().threads(1).load(model);
  }

  private static Request smooth(int samples) {
    return Request.DEFAULT.withMethod("smooth-grad-cam++").withOption("samples", samples);
  }

  private void explanations(Pellucid pellucid, int count) {
    for (int i = 0; i < count; i++) {
      explain(pellucid, i % 10 == 0 ? smooth(3) : i % 10 < 3 ? PLUS_PLUS : GRAD_CAM);
    }
  }

  private void reopen(int times) {
    for (int i = 0; i < times; i++) {
      try (Pellucid pellucid = load()) {
        explain(pellucid, GRAD_CAM);
      }
    }
  }

  private void explain(Pellucid pellucid, Request request) {
    List<?> explanations = pellucid.explain("image", image, request, Progress.NONE);
    if (explanations.size() != 1) {
      throw new IllegalStateException("Expected one explanation, found " + explanations.size());
    }
  }

  private static void measure(String name) throws IOException {
    ProcessMemory.collect();
    Runtime runtime = Runtime.getRuntime();
    long heap = (runtime.totalMemory() - runtime.freeMemory()) >> 10;
    System.out.println(
        name + " " + heap + " " + ProcessMemory.resident() + " " + ProcessMemory.highest());
  }
}
