package org.pellucid.core.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.pellucid.api.BackendException;
import org.pellucid.api.CancelledException;

/**
 * A worker in a process of its own, which runs {@link WorkerServer}. It never outlives this one: it
 * is told to end by {@link #close}, and ends by itself when its stdin does, as when this process is
 * killed.
 */
public final class WorkerProcess implements Worker {
  private static final long PATIENCE_SECONDS = 5;
  private static final int LINES = 20;

  private final String name;
  private final Process process;
  private final PrintStream questions;
  private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();
  private final Deque<String> complaints = new ArrayDeque<>();
  private final Thread errors;
  private final Opened opened;

  /**
   * Starts a process and waits until it has opened its model.
   *
   * @param name what to call it in messages
   * @param command what to run
   * @throws org.pellucid.graph.PellucidException if the model cannot be opened
   * @throws WorkerLostException if the process ends
   * @throws CancelledException if the thread is interrupted
   */
  public WorkerProcess(String name, List<String> command) {
    this.name = name;
    try {
      process = new ProcessBuilder(command).start();
    } catch (IOException e) {
      throw new BackendException(
          "No process could be started for " + name + ": " + e.getMessage(), e);
    }
    questions = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    read(process.getInputStream(), line -> lines.add(Optional.of(line)), "answers");
    errors = read(process.getErrorStream(), this::complain, "complaints");
    try {
      opened = opened(answer("opened"));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private Thread read(InputStream stream, Consumer<String> consumer, String what) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader reader =
                  new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                  consumer.accept(line);
                }
              } catch (IOException e) {
                // The process was ended.
              } finally {
                if (stream == process.getInputStream()) {
                  lines.add(Optional.empty());
                }
              }
            },
            "pellucid-" + what + "-of-" + name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private synchronized void complain(String line) {
    complaints.addLast(line);
    if (complaints.size() > LINES) {
      complaints.removeFirst();
    }
  }

  private JsonObject ask(String what, Work work, Map<String, ? extends Number> numbers) {
    JsonObject question = new JsonObject();
    question.addProperty("do", what);
    question.add("work", work.toJson());
    numbers.forEach(question::addProperty);
    questions.println(Wire.line(question));
    return answer(what);
  }

  /** Waits for an answer, as long as it takes and the process lives. */
  private JsonObject answer(String member) {
    try {
      while (true) {
        Optional<JsonObject> message =
            Wire.message(lines.take().orElseThrow(this::lost)).map(Wire::succeeded);
        if (message.isPresent()) {
          return message.get().getAsJsonObject(member);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException("Interrupted while " + name + " was timed");
    }
  }

  private WorkerLostException lost() {
    lines.add(Optional.empty());
    try {
      boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      errors.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
      return new WorkerLostException(
          "The process of "
              + name
              + (ended ? " ended with exit code " + process.exitValue() : " says no more")
              + lastComplaint().map(line -> "; it said last: " + line).orElse(""));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException("Interrupted while " + name + " was timed");
    }
  }

  private synchronized Optional<String> lastComplaint() {
    return complaints.stream().filter(line -> !line.isBlank()).reduce((first, second) -> second);
  }

  private static Opened opened(JsonObject json) {
    return new Opened(
        json.get("backend").getAsString(),
        json.get("engine").getAsString(),
        json.get("device").getAsString(),
        json.get("topClass").getAsInt(),
        json.get("seconds").getAsDouble(),
        json.get("java").getAsString());
  }

  @Override
  public Opened opened() {
    return opened;
  }

  @Override
  public Visit visit(Work work, double seconds, int most) {
    JsonObject visit = ask("visit", work, Map.of("seconds", seconds, "most", most));
    JsonElement forward = visit.get("forward");
    return new Visit(
        visit.get("seconds").getAsDouble(),
        visit.get("runs").getAsInt(),
        forward == null ? OptionalDouble.empty() : OptionalDouble.of(forward.getAsDouble()));
  }

  @Override
  public Memory memory(Work work) {
    JsonObject memory = ask("memory", work, Map.of());
    return new Memory(
        memory.get("heap").getAsLong(), bytes(memory, "resident"), bytes(memory, "device"));
  }

  private static OptionalLong bytes(JsonObject memory, String name) {
    JsonElement bytes = memory.get(name);
    return bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes.getAsLong());
  }

  @Override
  public RawMap map(Work work) {
    JsonObject map = ask("map", work, Map.of());
    Map<String, Double> measures = new LinkedHashMap<>();
    map.getAsJsonObject("measures")
        .entrySet()
        .forEach(measure -> measures.put(measure.getKey(), measure.getValue().getAsDouble()));
    double[] values =
        map.getAsJsonArray("values").asList().stream()
            .mapToDouble(JsonElement::getAsDouble)
            .toArray();
    return new RawMap(values, map.get("layer").getAsString(), measures);
  }

  /** Ends the process, kindly at first, and waits for its end. */
  @Override
  public void close() {
    questions.close();
    boolean interrupted = Thread.interrupted();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
