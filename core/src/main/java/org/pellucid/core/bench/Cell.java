package org.pellucid.core.bench;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.pellucid.core.bench.Worker.Memory;
import org.pellucid.core.bench.Worker.Opened;
import org.pellucid.core.compare.MapAgreement;
import org.pellucid.core.stats.Summary;

/**
 * One work in one setting, and what it cost.
 *
 * @param setting where it ran, or would have
 * @param opened what ran it; empty where nothing did
 * @param work what was timed
 * @param seconds its time, one for each visit; empty where it was not timed
 * @param toForward per visit its time by that of a forward pass of one image just before; empty for
 *     forward passes
 * @param runs how often it ran in all visits together
 * @param memory the peak of memory
 * @param accuracy how far its map is from that in double precision
 * @param layer the tensor that it explains; empty for forward passes
 * @param measures what the method reports of itself
 * @param reason why it was not timed; empty where it was
 */
public record Cell(
    Setting setting,
    Optional<Opened> opened,
    Work work,
    double[] seconds,
    double[] toForward,
    int runs,
    Optional<Memory> memory,
    Optional<MapAgreement> accuracy,
    String layer,
    Map<String, Double> measures,
    String reason) {
  /** All parts are required; the arrays are given away. */
  public Cell {
    Objects.requireNonNull(setting, "setting");
    Objects.requireNonNull(opened, "opened");
    Objects.requireNonNull(work, "work");
    Objects.requireNonNull(memory, "memory");
    Objects.requireNonNull(accuracy, "accuracy");
    measures = Map.copyOf(measures);
    Objects.requireNonNull(reason, "reason");
  }

  /** A cell that could not be timed. */
  static Cell refused(Setting setting, Work work, String reason) {
    return new Cell(
        setting,
        Optional.empty(),
        work,
        new double[0],
        new double[0],
        0,
        Optional.empty(),
        Optional.empty(),
        "",
        Map.of(),
        reason);
  }

  /** Whether it was timed. */
  public boolean timed() {
    return seconds.length > 0;
  }

  /** Its times, summarised; only where it was timed. */
  public Summary summary() {
    return Summary.of(seconds);
  }

  /** Images per second, by the median. */
  public double imagesPerSecond() {
    return work.images() / summary().median();
  }

  /** The median of the ratios to a forward pass. */
  public OptionalDouble medianToForward() {
    return toForward.length == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(Summary.of(toForward).median());
  }

  /** The device it ran on, or was to. */
  public String device() {
    return opened.map(Opened::device).orElse(setting.device());
  }

  /** What it must have in common with a cell of another run to be compared with it. */
  String key() {
    return String.join(
        " ",
        setting.backend(),
        device(),
        setting.precision().id(),
        setting.threadsText(),
        setting.sizeText(),
        work.toJson().toString());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cell cell
        && key().equals(cell.key())
        && Arrays.equals(seconds, cell.seconds);
  }

  @Override
  public int hashCode() {
    return key().hashCode();
  }
}
