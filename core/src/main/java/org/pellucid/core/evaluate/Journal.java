package org.pellucid.core.evaluate;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.core.io.AtomicFiles;
import org.pellucid.core.io.TextFiles;
import org.pellucid.graph.MalformedInputException;

/**
 * Results as they come: {@code evaluation.json} says what is evaluated by what, {@code
 * results.jsonl} has a line per map, and after those of an image one that says that it is complete.
 * An image's lines are written at once; what a killed run left of an incomplete image is cut off
 * when the journal is opened again. Seconds go to {@code timings.jsonl}: they alone differ from run
 * to run. Only one process at a time can have it open.
 */
final class Journal implements AutoCloseable {
  static final String CONFIGURATION = "evaluation.json";
  static final String RESULTS = "results.jsonl";
  static final String TIMINGS = "timings.jsonl";

  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();
  private static final Gson PRETTY =
      new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();
  private static final byte NEWLINE = '\n';

  private final Path directory;
  private final FileChannel results;
  private final List<Outcome> outcomes = new ArrayList<>();

  /** By image that is complete, why there is nothing of it, or nothing. */
  private final Map<String, Optional<String>> images = new LinkedHashMap<>();

  private Journal(Path directory, FileChannel results) {
    this.directory = directory;
    this.results = results;
  }

  /**
   * Begins a journal in a directory, which is made when it is missing, or goes on with the one that
   * is there.
   *
   * @throws InvalidRequestException if the directory holds another evaluation, cannot be written
   *     to, or another process is writing there
   */
  static Journal open(Path directory, JsonObject configuration) {
    Path file = directory.resolve(CONFIGURATION);
    String text = PRETTY.toJson(configuration) + "\n";
    if (Files.exists(file)) {
      checkSame(file, configuration);
    } else {
      if (Files.exists(directory.resolve(RESULTS))) {
        throw new InvalidRequestException(
            directory
                + " has "
                + RESULTS
                + " but no "
                + CONFIGURATION
                + " that says what they are of; give another directory, or remove it");
      }
      AtomicFiles.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
    FileChannel results;
    try {
      results =
          FileChannel.open(
              directory.resolve(RESULTS),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new InvalidRequestException(directory.resolve(RESULTS) + " could not be opened: " + e);
    }
    Journal journal = new Journal(directory, results);
    try {
      journal.lock();
      journal.read();
      return journal;
    } catch (IOException e) {
      journal.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      journal.close();
      throw e;
    }
  }

  /**
   * Reads what a directory holds, complete or not.
   *
   * @throws MalformedInputException if it holds no evaluation, or a damaged one
   */
  static EvaluationResult result(Path directory) {
    JsonElement configuration =
        TextFiles.readJson(directory.resolve(CONFIGURATION), "configuration of an evaluation");
    try (FileChannel channel =
        FileChannel.open(directory.resolve(RESULTS), StandardOpenOption.READ)) {
      Journal journal = new Journal(directory, channel);
      journal.parse();
      return journal.result(configuration.getAsJsonObject());
    } catch (IOException e) {
      throw new MalformedInputException(
          "The results " + directory.resolve(RESULTS) + " could not be read: " + e, e);
    } catch (IllegalStateException e) {
      throw new MalformedInputException(
          directory.resolve(CONFIGURATION) + " is no configuration of an evaluation", e);
    }
  }

  private static void checkSame(Path file, JsonObject configuration) {
    JsonElement before = TextFiles.readJson(file, "configuration of an evaluation");
    if (before.equals(configuration)) {
      return;
    }
    List<String> changed = new ArrayList<>();
    if (before instanceof JsonObject old) {
      for (String key : configuration.keySet()) {
        JsonElement now = configuration.get(key);
        if (!now.equals(old.get(key))) {
          changed.add(change(key, old.get(key), now));
        }
      }
    }
    throw new InvalidRequestException(
        file.toAbsolutePath().getParent()
            + " holds another evaluation: "
            + (changed.isEmpty() ? "its configuration differs" : String.join("; ", changed))
            + ". Give another directory, or remove it");
  }

  /** What is different; of a list, what is no longer there and what is new. */
  private static String change(String key, JsonElement old, JsonElement now) {
    if (old instanceof JsonArray before && now instanceof JsonArray after) {
      JsonArray gone = before.deepCopy();
      after.forEach(gone::remove);
      JsonArray come = after.deepCopy();
      before.forEach(come::remove);
      if (gone.size() + come.size() > 0) {
        return key
            + (gone.isEmpty() ? "" : " no longer has " + shortened(gone))
            + (gone.isEmpty() || come.isEmpty() ? "" : " and")
            + (come.isEmpty() ? "" : " now has " + shortened(come));
      }
    }
    return key + " was " + shortened(old) + " and is now " + shortened(now);
  }

  private static String shortened(JsonElement element) {
    String text = String.valueOf(element);
    return text.length() > 120 ? text.substring(0, 120) + "..." : text;
  }

  private void lock() throws IOException {
    boolean locked;
    try {
      locked = results.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      locked = false;
    }
    if (!locked) {
      throw new InvalidRequestException(
          "Another evaluation is writing to " + directory + "; give another directory");
    }
  }

  private void read() throws IOException {
    results.truncate(parse());
    results.position(results.size());
  }

  /** Reads the lines of complete images; the number of bytes that they take. */
  private long parse() throws IOException {
    byte[] bytes = Files.readAllBytes(directory.resolve(RESULTS));
    List<Outcome> open = new ArrayList<>();
    int complete = 0;
    int start = 0;
    for (int end = 0; end < bytes.length; end++) {
      if (bytes[end] != NEWLINE) {
        continue;
      }
      JsonObject line = line(new String(bytes, start, end - start, StandardCharsets.UTF_8));
      start = end + 1;
      if (line.has("complete")) {
        images.put(
            line.get("image").getAsString(),
            Optional.ofNullable(line.get("failure")).map(JsonElement::getAsString));
        outcomes.addAll(open);
        open.clear();
        complete = start;
      } else {
        open.add(Outcome.fromJson(line));
      }
    }
    return complete;
  }

  private JsonObject line(String text) {
    try {
      return JsonParser.parseString(text).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw new MalformedInputException(
          directory.resolve(RESULTS) + " has a damaged line: " + text, e);
    }
  }

  /** The images that are complete. */
  boolean has(String image) {
    return images.containsKey(image);
  }

  /** How many images are complete. */
  int size() {
    return images.size();
  }

  /** Writes what was found of an image. */
  void complete(String image, List<Outcome> found, JsonObject timings) {
    write(image, found, Optional.empty());
    time(timings);
  }

  /** Writes that there is nothing of an image. */
  void failed(String image, String reason) {
    write(image, List.of(), Optional.of(reason));
  }

  private void write(String image, List<Outcome> found, Optional<String> failure) {
    StringBuilder lines = new StringBuilder();
    found.forEach(outcome -> lines.append(GSON.toJson(outcome.toJson())).append('\n'));
    JsonObject last = new JsonObject();
    last.addProperty("image", image);
    last.addProperty("complete", found.size());
    failure.ifPresent(reason -> last.addProperty("failure", reason));
    lines.append(GSON.toJson(last)).append('\n');
    append(results, lines.toString());
    try {
      results.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    images.put(image, failure);
    outcomes.addAll(found);
  }

  private void time(JsonObject timings) {
    try (FileChannel channel =
        FileChannel.open(
            directory.resolve(TIMINGS), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      append(channel, GSON.toJson(timings) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void append(FileChannel channel, String text) {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All that is complete. */
  EvaluationResult result(JsonObject configuration) {
    Map<String, String> failures = new LinkedHashMap<>();
    images.forEach((image, reason) -> reason.ifPresent(why -> failures.put(image, why)));
    return new EvaluationResult(configuration, outcomes, images.size(), failures);
  }

  /** Lets others in; closing twice is safe. */
  @Override
  public void close() {
    try {
      results.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
