package org.pellucid.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Progress;
import org.pellucid.core.Pellucid;
import org.pellucid.core.dataset.DataSet;
import org.pellucid.core.evaluate.Evaluation;
import org.pellucid.core.evaluate.EvaluationRequest;
import org.pellucid.core.evaluate.EvaluationResult;
import org.pellucid.core.image.SourceImage;
import org.pellucid.graph.Tensor;

/**
 * What an evaluation of six methods by six metrics costs next to the forward passes that its
 * questions need. Every few images it pauses, and forward passes of the same network on the same
 * engine, in batches as large as the probe's, are timed: a machine that is busy with other things,
 * or whose speed drifts, slows both alike. Beside the ratio of elapsed times stands that of the
 * process's processor times, all threads, the garbage collector and the JIT compiler included; and
 * how busy all other processes kept the processors, where Linux tells.
 *
 * <p>Arguments: {@code model=FILE data=FOLDER images=1000 backend=onnxruntime threads=1 steps=16
 * samples=25 every=10 passes=200 warmup=50 out=FOLDER}: every so many images so many passes, after
 * the first ones, which are not counted.
 */
public final class EvaluationCost {
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private static final int NOISY_COPIES = 5;
  private static final List<String> METHODS =
      List.of(
          "grad-cam",
          "grad-cam++",
          "smooth-grad-cam++:samples=" + NOISY_COPIES,
          "layer-cam",
          "xgrad-cam",
          "hires-cam");

  private final LoadedModel model;
  private final Map<String, Tensor> batch;
  private final int images;
  private final int every;
  private final int passes;
  private final int warmUp;
  private final OthersLoad others = new OthersLoad();

  private long elapsed;
  private long processor;
  private long forwards;
  private long forwardElapsed;
  private long forwardProcessor;
  private long elapsedAt;
  private long processorAt;

  private EvaluationCost(Pellucid pellucid, Path image, int images, Arguments given) {
    this.model = pellucid.model(Set.of());
    this.images = images;
    this.every = given.number("every", 10);
    this.passes = given.number("passes", 200);
    this.warmUp = Math.min(given.number("warmup", 50), images / 2);
    int size = model.batchSizes(Set.of()).suffixOf(Integer.MAX_VALUE);
    Map<String, Tensor> one = pellucid.prepare("image", SourceImage.read(image)).inputs();
    String name = one.keySet().iterator().next();
    this.batch = Map.of(name, outside(Subject.repeated(one.get(name), size)));
  }

  /** The same outside of the Java heap, where an engine may read it in place. */
  private static Tensor outside(Tensor tensor) {
    FloatBuffer memory =
        ByteBuffer.allocateDirect(Float.BYTES * tensor.size())
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    memory.put(tensor.toFloatArray()).flip();
    return Tensor.of(tensor.shape(), memory);
  }

  /** Runs the measurement; prints a Markdown table. */
  public static void main(String[] arguments) throws IOException {
    Arguments given = Arguments.of(arguments);
    Path file = Path.of(given.text("model", "examples/shapes.onnx"));
    String backend = given.text("backend", "onnxruntime");
    int threads = given.number("threads", 1);
    int steps = given.number("steps", 16);
    int samples = given.number("samples", 25);
    DataSet data =
        DataSet.open(Path.of(given.text("data", "examples"))).first(given.number("images", 1000));
    EvaluationRequest request =
        EvaluationRequest.DEFAULT
            .withBaselines(false)
            .withMethods(METHODS.toArray(String[]::new))
            .withMetrics(
                "average-drop",
                "increase-in-confidence",
                "average-gain",
                "insertion:steps=" + steps,
                "deletion:steps=" + steps,
                "infidelity:samples=" + samples);
    Path out =
        given.values().containsKey("out")
            ? Path.of(given.text("out", ""))
            : Files.createTempDirectory("pellucid-evaluation");
    try (Evaluation evaluation =
        Evaluation.of(Pellucid.loader().threads(threads), file, List.of(backend), data, request)) {
      Path first = data.items().get(0).file();
      int images = data.items().size();
      EvaluationCost cost = new EvaluationCost(evaluation.models().get(0), first, images, given);
      EvaluationResult result = evaluation.run(out, cost.progress());
      if (!result.failures().isEmpty()) {
        throw new IllegalStateException("Failed: " + result.failures());
      }
      long cases = result.outcomes().size() / METHODS.size();
      // Of an image the scores, noisy copies, what insertion and deletion begin or end with, and
      // the changes of infidelity; of a class and a method the masked image, and what lies between.
      long needed =
          images * (1L + NOISY_COPIES + 2 + samples)
              + cases * METHODS.size() * (1L + 2L * (steps - 1));
      cost.report(cases, needed);
    }
  }

  /** The first images warm up, and are not counted. */
  private Progress progress() {
    return (done, all) -> {
      if (done == warmUp) {
        forward();
        forwards = 0;
        forwardElapsed = 0;
        forwardProcessor = 0;
        others.begin();
      } else if (done > warmUp && ((done - warmUp) % every == 0 || done == all)) {
        elapsed += System.nanoTime() - elapsedAt;
        processor += PROCESS.getProcessCpuTime() - processorAt;
        forward();
      } else {
        return;
      }
      elapsedAt = System.nanoTime();
      processorAt = PROCESS.getProcessCpuTime();
    };
  }

  /** Times some batches. */
  private void forward() {
    int size = batch.values().iterator().next().shape().dim(0);
    long start = System.nanoTime();
    long before = PROCESS.getProcessCpuTime();
    for (int i = 0; i < passes; i += size) {
      try (ForwardPass pass = model.forward(batch, Set.of())) {
        forwards += pass.samples();
        if (pass.outputs().values().iterator().next().toDoubleArray().length == 0) {
          throw new IllegalStateException("No scores");
        }
      }
    }
    forwardElapsed += System.nanoTime() - start;
    forwardProcessor += PROCESS.getProcessCpuTime() - before;
  }

  private void report(long cases, long needed) {
    int counted = images - warmUp;
    double part = (double) counted / images;
    double unit = (double) forwardElapsed / forwards;
    double processorUnit = (double) forwardProcessor / forwards;
    System.out.println(
        "| Images | Classes explained | Forward passes needed | One, in a batch, ms | Evaluation, s"
            + " | The forward passes alone, s | Ratio | Processor time's ratio"
            + " | Processors' time of other processes, % |");
    System.out.println("|---|---|---|---|---|---|---|---|---|");
    System.out.printf(
        Locale.ROOT,
        "| %d | %d | %d | %.3f | %.1f | %.1f | %.3f | %.3f | %s |%n",
        images,
        cases,
        needed,
        unit / 1e6,
        elapsed / 1e9 / part,
        needed * unit / 1e9,
        elapsed / part / (needed * unit),
        processor / part / (needed * processorUnit),
        others.percent());
  }
}
