package org.pellucid.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.atomic.AtomicLong;
import org.pellucid.api.CancelledException;
import org.pellucid.api.Precision;
import org.pellucid.api.Progress;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Request;
import org.pellucid.core.image.SourceImage;

/**
 * The work of {@link CancellingIT}, in a JVM of its own so that nothing else moves its memory.
 * Begins explanations that would take long, each in a new model, and interrupts them. Prints the
 * resident memory in KiB after half of them and after all, and in a third line the longest time in
 * milliseconds from an interrupt until the explanation had ended.
 */
final class Cancelling {
  private static final Request[] LONG = {
    Request.DEFAULT.withMethod("smooth-grad-cam++").withOption("samples", 10_000),
    Request.DEFAULT.withMethod("rise").withOption("masks", 100_000),
    Request.DEFAULT.withMethod("integrated-gradients").withOption("steps", 10_000),
  };

  private final String backend;
  private final Precision precision;
  private final Path model;
  private final SourceImage image;
  private long longest;

  private Cancelling(String backend, Path examples) {
    this.backend = backend;
    this.precision = backend.equals("reference") ? Precision.FLOAT64 : Precision.FLOAT32;
    this.model = examples.resolve("shapes.onnx");
    this.image = SourceImage.read(examples.resolve("two-stars.png"));
  }

  /** Takes the backend's id, the directory of the examples, and how often to cancel. */
  public static void main(String[] arguments) throws IOException {
    Cancelling cancelling = new Cancelling(arguments[0], Path.of(arguments[1]));
    int times = Integer.parseInt(arguments[2]);
    int warm = times / 2;
    for (int i = 1; i <= times; i++) {
      cancelling.cancel(LONG[i % LONG.length], 20 + i * 7 % 60);
      if (i == warm || i == times) {
        ProcessMemory.collect();
        System.out.println(ProcessMemory.resident());
      }
    }
    System.out.println(cancelling.longest);
  }

  /** Interrupts the explanation some time after it has begun to compute. */
  private void cancel(Request request, long after) {
    Thread explaining = Thread.currentThread();
    AtomicLong interrupted = new AtomicLong();
    Timer timer = new Timer(true);
    try (Pellucid pellucid =
        Pellucid.loader().backend(backend).precision(precision).threads(1).load(model)) {
      pellucid.predict(image);
      timer.schedule(
          new TimerTask() {
            @Override
            public void run() {
              interrupted.set(System.nanoTime());
              explaining.interrupt();
            }
          },
          after);
      pellucid.explain("image", image, request, Progress.NONE);
      throw new IllegalStateException("The explanation was not interrupted: " + request);
    } catch (CancelledException e) {
      longest = Math.max(longest, (System.nanoTime() - interrupted.get()) / 1_000_000);
      if (!Thread.interrupted()) {
        throw new IllegalStateException("The interrupt flag did not stay set", e);
      }
    } finally {
      timer.cancel();
    }
  }
}
