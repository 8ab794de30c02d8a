package org.pellucid.core.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.core.bench.Worker.Memory;
import org.pellucid.core.bench.Worker.Opened;
import org.pellucid.core.bench.Worker.RawMap;
import org.pellucid.core.bench.Worker.Visit;
import org.pellucid.core.compare.MapAgreement;
import org.pellucid.core.stats.Summary;

/** A cell that is being timed. */
final class Timing {
  private final Setting setting;
  private final Work work;
  private final List<Double> seconds = new ArrayList<>();
  private final List<Double> toForward = new ArrayList<>();
  private int runs;
  private Optional<RawMap> map = Optional.empty();
  private Optional<MapAgreement> accuracy = Optional.empty();
  private Optional<Memory> memory = Optional.empty();
  private String reason;

  /**
   * A cell of which nothing is known yet.
   *
   * @param reason why it cannot be timed; empty where it can
   */
  Timing(Setting setting, Work work, String reason) {
    this.setting = setting;
    this.work = work;
    this.reason = reason;
  }

  Work work() {
    return work;
  }

  /** Gives it up. */
  void refuse(String why) {
    reason = why;
  }

  boolean refused() {
    return !reason.isEmpty();
  }

  /** What precedes the visits: the map, and the memory. */
  void prepare(Worker worker, Optional<RawMap> truth) {
    if (!work.isForward()) {
      RawMap own = worker.map(work);
      map = Optional.of(own);
      accuracy =
          truth
              .filter(precise -> precise.values().length == own.values().length)
              .map(precise -> MapAgreement.of(own.values(), precise.values()));
    }
    memory = Optional.of(worker.memory(work));
  }

  void add(Visit visit) {
    seconds.add(visit.seconds());
    visit.forward().ifPresent(forward -> toForward.add(visit.seconds() / forward));
    runs += visit.runs();
  }

  /** Whether it needs more visits: one in any case, and more while there is time. */
  boolean isOpen(double tightness, boolean time) {
    return !refused()
        && (seconds.isEmpty() || time && !Summary.of(array(seconds)).isTight(tightness));
  }

  /** What has become of it. */
  Cell cell(Optional<Opened> opened) {
    return new Cell(
        setting,
        opened,
        work,
        refused() ? new double[0] : array(seconds),
        refused() ? new double[0] : array(toForward),
        runs,
        memory,
        accuracy,
        map.map(RawMap::layer).orElse(""),
        map.map(RawMap::measures).orElse(Map.of()),
        reason);
  }

  private static double[] array(List<Double> numbers) {
    return numbers.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
