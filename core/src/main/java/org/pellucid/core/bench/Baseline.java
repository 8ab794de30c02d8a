package org.pellucid.core.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.core.io.TextFiles;
import org.pellucid.core.stats.Interval;
import org.pellucid.core.stats.Ratio;
import org.pellucid.graph.MalformedInputException;

/**
 * An earlier benchmark of the same model, to compare with.
 *
 * <p>A cell is <b>slower beyond noise</b> where the whole interval of its {@link Ratio} to the
 * earlier one lies above 1 + slack, and faster where it lies below 1 / (1 + slack). Two things make
 * numbers of two runs differ though nothing has changed. One is scatter within a run, which the
 * interval covers, at 99 % since there are many cells. The other is what is the same for all visits
 * of a run: another layout of memory, another decision of the JIT compiler, a machine that is
 * slower today. No run can tell that of itself, and slack is what is allowed for it.
 */
public final class Baseline {
  /** What a comparison amounts to. */
  public enum Verdict {
    /** Slower beyond noise. */
    SLOWER,
    /** Faster beyond noise. */
    FASTER,
    /** Neither. */
    WITHIN_NOISE,
    /** One of the two runs has fewer than 3 visits. */
    TOO_FEW
  }

  /**
   * A cell and its earlier self.
   *
   * @param cell the cell
   * @param ratio its time by that before
   */
  public record Change(Cell cell, Ratio ratio, Verdict verdict) {}

  private final Path file;
  private final String modelSha256;
  private final Machine machine;
  private final Map<String, double[]> seconds;

  private Baseline(Path file, String modelSha256, Machine machine, Map<String, double[]> seconds) {
    this.file = file;
    this.modelSha256 = modelSha256;
    this.machine = machine;
    this.seconds = seconds;
  }

  /**
   * Reads a {@code bench.json}.
   *
   * @throws MalformedInputException if it is none
   */
  public static Baseline read(Path file) {
    JsonElement json = TextFiles.readJson(file, "baseline");
    if (!(json instanceof JsonObject root)
        || !root.has("schema")
        || !root.get("schema").toString().equals("\"" + BenchmarkJson.SCHEMA + "\"")) {
      throw new MalformedInputException(
          "The baseline "
              + file
              + " is no result of pellucid bench: its schema is not "
              + BenchmarkJson.SCHEMA);
    }
    try {
      Map<String, double[]> seconds = new LinkedHashMap<>();
      for (JsonElement element : root.getAsJsonArray("cells")) {
        JsonObject cell = element.getAsJsonObject();
        JsonArray visits = cell.getAsJsonArray("seconds");
        if (!visits.isEmpty()) {
          seconds.put(
              cell.get("key").getAsString(),
              visits.asList().stream().mapToDouble(JsonElement::getAsDouble).toArray());
        }
      }
      JsonObject machine = root.getAsJsonObject("machine");
      return new Baseline(
          file,
          root.get("modelSha256").getAsString(),
          new Machine(
              machine.get("processor").getAsString(),
              machine.get("cores").getAsInt(),
              machine.get("system").getAsString(),
              machine.get("java").getAsString()),
          seconds);
    } catch (JsonParseException
        | ClassCastException
        | IllegalStateException
        | NullPointerException
        | NumberFormatException e) {
      throw new MalformedInputException("The baseline " + file + " is damaged: " + e, e);
    }
  }

  /** The file that it was read from. */
  public Path file() {
    return file;
  }

  /** Where it was made. */
  public Machine machine() {
    return machine;
  }

  /**
   * Checks that it is of a model.
   *
   * @param sha256 of the model's file
   * @throws InvalidRequestException if it is of another
   */
  public void checkModel(String sha256) {
    if (!sha256.equals(modelSha256)) {
      throw new InvalidRequestException(
          "The baseline "
              + file
              + " is of another model: its SHA-256 is "
              + modelSha256
              + ", this one's "
              + sha256);
    }
  }

  /**
   * Compares what both have timed.
   *
   * @param slack by which part times of two runs may differ though nothing has changed
   */
  public List<Change> compare(List<Cell> cells, double slack) {
    List<Change> changes = new ArrayList<>();
    for (Cell cell : cells) {
      double[] before = seconds.get(cell.key());
      if (before != null && cell.timed()) {
        Ratio ratio = Ratio.of(cell.seconds(), before);
        changes.add(new Change(cell, ratio, verdict(ratio.interval(), slack)));
      }
    }
    return changes;
  }

  private static Verdict verdict(Optional<Interval> interval, double slack) {
    if (interval.isEmpty()) {
      return Verdict.TOO_FEW;
    }
    if (interval.get().low() > 1 + slack) {
      return Verdict.SLOWER;
    }
    return interval.get().high() < 1 / (1 + slack) ? Verdict.FASTER : Verdict.WITHIN_NOISE;
  }
}
