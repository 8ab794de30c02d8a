package org.pellucid.core.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;
import org.pellucid.graph.PellucidException;

/** Workers without processes, on a clock of their own. */
final class FakeWorkers implements Workers {
  final List<String> log = new ArrayList<>();
  final Map<String, PellucidException> refusals = new HashMap<>();
  final Map<String, Integer> deaths = new HashMap<>();
  ToDoubleFunction<Work> seconds = work -> work.isForward() ? 0.1 : 0.3;
  int open;
  private long nanos;

  long nanoTime() {
    return nanos;
  }

  @Override
  public Worker open(Setting setting, OptionalInt target) {
    PellucidException refusal = refusals.get(setting.backend());
    if (refusal != null) {
      throw refusal;
    }
    log.add("open " + setting.backend() + (target.isPresent() ? " for " + target.getAsInt() : ""));
    open++;
    return new Fake(setting);
  }

  private final class Fake implements Worker {
    private final Setting setting;
    private int asked;

    Fake(Setting setting) {
      this.setting = setting;
    }

    private double take(Work work, String what) {
      if (++asked > deaths.getOrDefault(setting.backend(), Integer.MAX_VALUE)) {
        throw new WorkerLostException("The process of " + setting.backend() + " ended");
      }
      log.add(what + " " + setting.backend() + " " + work.method() + work.samples());
      double taken = seconds.applyAsDouble(work);
      nanos += Math.round(1e9 * taken);
      return taken;
    }

    @Override
    public Opened opened() {
      return new Opened(setting.backend(), "fake", "cpu", 7, 1, "17");
    }

    @Override
    public Visit visit(Work work, double least, int most) {
      double taken = take(work, "visit");
      return new Visit(
          taken, 1, work.isForward() ? OptionalDouble.empty() : OptionalDouble.of(taken / 3));
    }

    @Override
    public Memory memory(Work work) {
      take(work, "memory");
      return new Memory(1_000_000, OptionalLong.of(2_000_000), OptionalLong.empty());
    }

    @Override
    public RawMap map(Work work) {
      take(work, "map");
      double off = setting.backend().equals("auto") ? 0 : 0.5;
      return new RawMap(new double[] {1, 2 + off, 3, 4}, "relu", Map.of("effectiveSamples", 4.0));
    }

    @Override
    public void close() {
      open--;
    }
  }
}
