package org.pellucid.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Measures every {@link Work} as a ratio to forward passes. In each of many short rounds each work
 * is done next to forward passes of its own, so that a machine that is busy with other things slows
 * both alike; the median over the rounds is reported, with the quartiles. Beside the ratio of
 * elapsed times stands that of the process's processor times, all threads and the garbage collector
 * included, which other processes hardly disturb.
 *
 * <p>Arguments: {@code networks=VGG16,RESNET50 threads=1,2 work=GRAD_CAM,... rounds=15 warmup=3
 * chunk=0 json=FILE}.
 */
public final class Ratios {
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private Ratios() {}

  /** Runs the measurement; prints a Markdown table. */
  public static void main(String[] arguments) throws IOException {
    Arguments given = Arguments.of(arguments);
    int rounds = given.number("rounds", 15);
    int warmUp = given.number("warmup", 3);
    List<String> json = new ArrayList<>();
    System.out.println(
        "| Network | Threads | Work | Ratio to forward passes | Quartiles | Processor time's ratio"
            + " | Forward pass, ms |");
    System.out.println("|---|---|---|---|---|---|---|");
    for (String name : given.list("networks", "VGG16,RESNET50")) {
      Networks network = Networks.valueOf(name);
      for (String threads : given.list("threads", "1,2")) {
        List<Work> works =
            given
                .list(
                    "work", "GRAD_CAM,GRAD_CAM_PLUS_PLUS,SMOOTH_GRAD_CAM_PLUS_PLUS,INPUT_GRADIENT")
                .stream()
                .map(Work::valueOf)
                .toList();
        try (Subject subject =
            new Subject(network, Integer.parseInt(threads), given.number("chunk", 0))) {
          Map<Work, Sample[]> samples = measure(subject, works, warmUp, rounds);
          for (Work work : works) {
            report(network, threads, work, samples.get(work), json);
          }
        }
      }
    }
    Path file = Path.of(given.text("json", "ratios.json"));
    Files.writeString(file, "[\n" + String.join(",\n", json) + "\n]\n");
  }

  /** Seconds, elapsed and of the processor. */
  private record Seconds(double elapsed, double processor) {
    Seconds plus(Seconds other) {
      return new Seconds(elapsed + other.elapsed, processor + other.processor);
    }
  }

  /** Some work, and forward passes beside it. */
  private record Sample(Seconds work, Seconds forwards, int count) {
    double ratio(int passes, ToDoubleFunction<Seconds> clock) {
      return clock.applyAsDouble(work) / (clock.applyAsDouble(forwards) / count * passes);
    }

    double forward() {
      return forwards.elapsed() / count;
    }
  }

  private static Map<Work, Sample[]> measure(
      Subject subject, List<Work> works, int warmUp, int rounds) {
    Map<Work, Sample[]> samples = new EnumMap<>(Work.class);
    works.forEach(work -> samples.put(work, new Sample[rounds]));
    for (int round = -warmUp; round < rounds; round++) {
      for (Work work : works) {
        // Half of the forward passes before and half after, as many as the work is compared with,
        // within reason.
        int half = Math.max(1, Math.min(5, work.passes() / 2));
        Seconds before = seconds(subject, Work.FORWARD, half);
        Seconds seconds = seconds(subject, work, 1);
        Seconds after = seconds(subject, Work.FORWARD, half);
        if (round >= 0) {
          samples.get(work)[round] = new Sample(seconds, before.plus(after), 2 * half);
        }
      }
    }
    return samples;
  }

  private static Seconds seconds(Subject subject, Work work, int times) {
    long start = System.nanoTime();
    long processor = PROCESS.getProcessCpuTime();
    for (int i = 0; i < times; i++) {
      if (work.on(subject) == null) {
        throw new IllegalStateException("Nothing came of " + work);
      }
    }
    return new Seconds(
        (System.nanoTime() - start) / 1e9, (PROCESS.getProcessCpuTime() - processor) / 1e9);
  }

  private static void report(
      Networks network, String threads, Work work, Sample[] samples, List<String> json) {
    double[] ratios = sorted(samples, sample -> sample.ratio(work.passes(), Seconds::elapsed));
    double[] processor = sorted(samples, sample -> sample.ratio(work.passes(), Seconds::processor));
    double[] forwards = sorted(samples, Sample::forward);
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %s | %.2f | %.2f - %.2f | %.2f | %.0f |%n",
        network,
        threads,
        work.label(),
        at(ratios, 0.5),
        at(ratios, 0.25),
        at(ratios, 0.75),
        at(processor, 0.5),
        1e3 * at(forwards, 0.5));
    json.add(
        String.format(
            Locale.ROOT,
            "{\"network\": \"%s\", \"threads\": %s, \"work\": \"%s\", \"passes\": %d, \"rounds\": %d,"
                + " \"ratio\": %.4f, \"quartiles\": [%.4f, %.4f], \"processorRatio\": %.4f,"
                + " \"forwardSeconds\": %.5f}",
            network,
            threads,
            work,
            work.passes(),
            samples.length,
            at(ratios, 0.5),
            at(ratios, 0.25),
            at(ratios, 0.75),
            at(processor, 0.5),
            at(forwards, 0.5)));
  }

  private static double[] sorted(Sample[] samples, ToDoubleFunction<Sample> number) {
    return Arrays.stream(samples).mapToDouble(number).sorted().toArray();
  }

  /** A quantile of ascending numbers. */
  private static double at(double[] sorted, double part) {
    double position = part * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}
