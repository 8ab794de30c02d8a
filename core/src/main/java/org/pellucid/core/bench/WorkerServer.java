package org.pellucid.core.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.function.Supplier;
import org.pellucid.api.Device;
import org.pellucid.api.DeviceMemory;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Progress;
import org.pellucid.api.Saliency;
import org.pellucid.api.Tap;
import org.pellucid.core.Examination;
import org.pellucid.core.Explanation;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Request;
import org.pellucid.core.Subject;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * What runs in a worker's process: opens a model, says so, and answers questions until there are no
 * more. {@link WorkerProcess} asks them; anybody else may, in the form of {@link Wire}:
 *
 * <pre>
 * {"do": "visit", "work": {"method": "grad-cam", "options": {}, "batch": null}, "seconds": 0.1, "most": 50}
 * {"do": "memory", "work": ...}
 * {"do": "map", "work": ...}
 * </pre>
 *
 * A visit may have {@code works} in place of one, explanations that share their passes, and {@code
 * "forwards": false} leaves out the forward passes before it.
 */
public final class WorkerServer {
  private final Supplier<Pellucid> load;
  private final Function<Pellucid, Subject> image;
  private final Request base;
  private final Device presumed;
  private final PrintStream out;

  private Pellucid pellucid;
  private Subject subject;
  private OptionalLong deviceBefore = OptionalLong.empty();

  /**
   * A worker that has not opened anything yet.
   *
   * @param load loads the model
   * @param image makes what is explained
   * @param base the target and whatever else is the same for all that is asked
   * @param presumed where it will probably run, to watch the memory there
   * @param out where answers go
   */
  public WorkerServer(
      Supplier<Pellucid> load,
      Function<Pellucid, Subject> image,
      Request base,
      Device presumed,
      OutputStream out) {
    this.load = load;
    this.image = image;
    this.base = base;
    this.presumed = presumed;
    this.out = new PrintStream(out, true, StandardCharsets.UTF_8);
  }

  /**
   * Answers until the questions end.
   *
   * @param questions the worker's stdin
   * @param orphaned called, in a thread of its own, as soon as there can be no more questions:
   *     whoever asked has gone, and work that is under way is for nobody
   * @return whether the model could be opened
   */
  public boolean serve(InputStream questions, Runnable orphaned) {
    BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    Thread reader = new Thread(() -> read(questions, lines, orphaned), "pellucid-questions");
    reader.setDaemon(true);
    reader.start();
    JsonObject opened = answered(this::open);
    out.println(Wire.line(opened));
    try {
      while (pellucid != null && subject != null) {
        Wire.message(lines.take())
            .ifPresent(question -> out.println(Wire.line(answered(() -> answer(question)))));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (pellucid != null) {
        pellucid.close();
      }
    }
    return subject != null;
  }

  private static void read(InputStream in, BlockingQueue<String> lines, Runnable orphaned) {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      // The same as the end.
    }
    orphaned.run();
  }

  private static JsonObject answered(Supplier<JsonObject> work) {
    try {
      return work.get();
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError | LinkageError e) {
      return Wire.failure(e);
    }
  }

  private JsonObject open() {
    deviceBefore = ProcessMemory.used(presumed);
    long start = System.nanoTime();
    pellucid = load.get();
    Subject prepared = image.apply(pellucid);
    int top = pellucid.predict(prepared.inputs()).get(0).index();
    subject = prepared;
    JsonObject opened = new JsonObject();
    opened.addProperty("backend", pellucid.backend().id());
    opened.addProperty("engine", pellucid.backend().availability().detail());
    opened.addProperty("device", pellucid.loadOptions().device().toString());
    opened.addProperty("topClass", top);
    opened.addProperty("seconds", (System.nanoTime() - start) / 1e9);
    opened.addProperty("java", Runtime.version().toString());
    return wrapped("opened", opened);
  }

  private static JsonObject wrapped(String name, JsonObject content) {
    JsonObject message = new JsonObject();
    message.add(name, content);
    return message;
  }

  private JsonObject answer(JsonObject question) {
    List<Work> works = works(question);
    String what = question.get("do").getAsString();
    return switch (what) {
      case "visit" -> wrapped("visit", visit(works, question));
      case "memory" -> wrapped("memory", memory(works));
      case "map" -> wrapped("map", map(works.get(0)));
      default ->
          throw new InvalidRequestException(
              "A worker does visit, memory or map, found \"" + what + "\"");
    };
  }

  private static List<Work> works(JsonObject question) {
    return question.has("works")
        ? question.getAsJsonArray("works").asList().stream()
            .map(work -> Work.of(work.getAsJsonObject()))
            .toList()
        : List.of(Work.of(question.getAsJsonObject("work")));
  }

  private JsonObject visit(List<Work> works, JsonObject question) {
    double seconds = question.get("seconds").getAsDouble();
    int most = question.get("most").getAsInt();
    boolean forwards = !question.has("forwards") || question.get("forwards").getAsBoolean();
    JsonObject visit = new JsonObject();
    if (forwards && !works.get(0).isForward()) {
      visit.addProperty("forward", timed(List.of(Work.ONE_FORWARD), seconds, most)[0]);
    }
    double[] timed = timed(works, seconds, most);
    visit.addProperty("seconds", timed[0]);
    visit.addProperty("runs", (int) timed[1]);
    return visit;
  }

  /** The mean time, and how often it was done. */
  private double[] timed(List<Work> works, double seconds, int most) {
    Runnable runnable = runnable(works);
    long start = System.nanoTime();
    int runs = 0;
    double elapsed;
    do {
      runnable.run();
      runs++;
      elapsed = (System.nanoTime() - start) / 1e9;
    } while (runs < most && elapsed < seconds);
    return new double[] {elapsed / runs, runs};
  }

  private Runnable runnable(List<Work> works) {
    if (works.size() > 1) {
      return together(works.stream().map(this::request).toList());
    }
    if (works.get(0).isForward()) {
      Map<String, Tensor> batch = copies(works.get(0).images());
      return () -> pellucid.run(batch);
    }
    Request request = request(works.get(0));
    return () -> pellucid.explain(subject.name(), subject.inputs(), request, Progress.NONE);
  }

  private Runnable together(List<Request> requests) {
    Set<Tap> taps = new LinkedHashSet<>();
    for (Request request : requests) {
      request.layers().forEach(layer -> taps.add(pellucid.layers().find(layer).tap()));
    }
    return () -> {
      Examination examination =
          pellucid.examine(subject, base.target(), taps, Progress.NONE).get(0);
      requests.forEach(examination::explain);
    };
  }

  private Map<String, Tensor> copies(int count) {
    if (count > 1) {
      pellucid
          .batchingObstacle()
          .ifPresent(
              obstacle -> {
                throw new InvalidRequestException(
                    "Samples cannot run through this model together: " + obstacle);
              });
    }
    Map<String, Tensor> batch = new LinkedHashMap<>();
    subject.inputs().forEach((name, input) -> batch.put(name, repeated(input, count)));
    return batch;
  }

  private static Tensor repeated(Tensor one, int count) {
    if (count == 1) {
      return one;
    }
    Shape shape = one.shape().with(0, one.shape().dim(0) * count);
    double[] values = one.toDoubleArray();
    double[] all = new double[values.length * count];
    for (int i = 0; i < count; i++) {
      System.arraycopy(values, 0, all, i * values.length, values.length);
    }
    return Tensor.of(shape, all).cast(one.elementType());
  }

  private Request request(Work work) {
    Request request = base.withMethod(work.method());
    if (work.layer().isPresent()) {
      request = request.withLayer(work.layer().get());
    }
    for (Map.Entry<String, String> option : work.options().entrySet()) {
      request = request.withOption(option.getKey(), option.getValue());
    }
    return work.batch().isPresent() ? request.withBatch(work.batch().getAsInt()) : request;
  }

  private JsonObject memory(List<Work> works) {
    Runnable runnable = runnable(works);
    Device device = pellucid.loadOptions().device();
    Optional<DeviceMemory> counted = pellucid.backend().memory(device);
    ProcessMemory.restart();
    counted.ifPresent(DeviceMemory::restart);
    runnable.run();
    JsonObject memory = new JsonObject();
    memory.addProperty("heap", ProcessMemory.heap());
    ProcessMemory.resident().ifPresent(bytes -> memory.addProperty("resident", bytes));
    onDevice(counted, device).ifPresent(bytes -> memory.addProperty("device", bytes));
    return memory;
  }

  /** The peak, where the backend counts; else what the card has in use more than before. */
  private OptionalLong onDevice(Optional<DeviceMemory> counted, Device device) {
    if (counted.isPresent()) {
      return OptionalLong.of(counted.get().peakBytes());
    }
    OptionalLong used = ProcessMemory.used(device);
    return used.isPresent() && deviceBefore.isPresent()
        ? OptionalLong.of(Math.max(0, used.getAsLong() - deviceBefore.getAsLong()))
        : OptionalLong.empty();
  }

  private JsonObject map(Work work) {
    Explanation explanation =
        pellucid.explain(subject.name(), subject.inputs(), request(work), Progress.NONE).get(0);
    Saliency saliency = explanation.saliency();
    JsonArray values = new JsonArray();
    for (double value : saliency.map().toDoubleArray()) {
      values.add(value);
    }
    JsonObject measures = new JsonObject();
    saliency.measures().forEach(measures::addProperty);
    JsonObject map = new JsonObject();
    map.add("values", values);
    map.addProperty("layer", explanation.layer().tap().tensor());
    map.add("measures", measures);
    return map;
  }
}
