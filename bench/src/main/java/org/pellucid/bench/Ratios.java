package org.pellucid.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.pellucid.core.stats.Summary;
import org.pellucid.graph.ModelGraph;

/**
 * Measures every {@link Work} as a ratio to forward passes of the same backend, and backends
 * against the first one. In each of many short rounds each work is done, on each backend, next to
 * forward passes of its own, so that a machine that is busy with other things slows all alike; the
 * median over the rounds is reported, with the quartiles. Beside the ratio of elapsed times stands
 * that of the process's processor times, all threads and the garbage collector included, which
 * other processes hardly disturb.
 *
 * <p>Arguments: {@code backends=djl,onnxruntime networks=VGG16,RESNET50 threads=1,2
 * work=GRAD_CAM,... rounds=15 warmup=3 chunk=0 json=FILE}.
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
    List<String> backends = given.list("backends", "djl");
    List<Work> works =
        given
            .list("work", "GRAD_CAM,GRAD_CAM_PLUS_PLUS,SMOOTH_GRAD_CAM_PLUS_PLUS,INPUT_GRADIENT")
            .stream()
            .map(Work::valueOf)
            .toList();
    List<String> json = new ArrayList<>();
    System.out.printf(
        "| Network | Threads | Backend | Work | Ratio to forward passes | Quartiles"
            + " | Processor time's ratio | Forward pass, ms | Time / that of %s | Quartiles |%n",
        backends.get(0));
    System.out.println("|---|---|---|---|---|---|---|---|---|---|");
    for (String name : given.list("networks", "VGG16,RESNET50")) {
      Networks network = Networks.valueOf(name);
      ModelGraph graph = network.build();
      for (String threads : given.list("threads", "1,2")) {
        List<Subject> subjects = new ArrayList<>();
        try {
          for (String backend : backends) {
            subjects.add(
                new Subject(
                    backend, network, graph, Integer.parseInt(threads), given.number("chunk", 0)));
          }
          for (Work work : works) {
            List<Sample[]> samples = measure(subjects, work, warmUp, rounds);
            for (int b = 0; b < backends.size(); b++) {
              String row = network + " | " + threads + " | " + backends.get(b);
              json.add(report(row, work, samples.get(b), samples.get(0)));
            }
          }
        } finally {
          subjects.forEach(Subject::close);
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
    /** All together: as many times the work, and the forward passes for each time. */
    static Sample sum(Sample[] samples) {
      Seconds work = new Seconds(0, 0);
      Seconds forwards = new Seconds(0, 0);
      for (Sample sample : samples) {
        work = work.plus(sample.work);
        forwards = forwards.plus(sample.forwards);
      }
      return new Sample(work, forwards, samples[0].count);
    }

    double ratio(int passes, ToDoubleFunction<Seconds> clock) {
      return clock.applyAsDouble(work) / (clock.applyAsDouble(forwards) / count * passes);
    }

    double forward() {
      return forwards.elapsed() / count;
    }
  }

  /** For each subject the samples of the rounds. */
  private static List<Sample[]> measure(List<Subject> subjects, Work work, int warmUp, int rounds) {
    List<Sample[]> samples = subjects.stream().map(subject -> new Sample[rounds]).toList();
    int half = work.beside();
    for (int round = -warmUp; round < rounds; round++) {
      for (int s = 0; s < subjects.size(); s++) {
        Seconds before = seconds(subjects.get(s), Work.FORWARD, half);
        Seconds seconds = seconds(subjects.get(s), work, 1);
        Seconds after = seconds(subjects.get(s), Work.FORWARD, half);
        if (round >= 0) {
          samples.get(s)[round] = new Sample(seconds, before.plus(after), 2 * half);
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

  /** Prints a line of the table and gives the same as JSON. */
  private static String report(String row, Work work, Sample[] samples, Sample[] first) {
    Summary ratios = summary(samples, sample -> sample.ratio(work.passes(), Seconds::elapsed));
    // Of all rounds together: the processor's clock ticks too slowly for one.
    double processor = Sample.sum(samples).ratio(work.passes(), Seconds::processor);
    Summary forwards = summary(samples, Sample::forward);
    Summary against =
        Summary.of(
            IntStream.range(0, samples.length)
                .mapToDouble(i -> samples[i].work().elapsed() / first[i].work().elapsed())
                .toArray());
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %.2f | %.2f - %.2f | %.2f | %.0f | %.2f | %.2f - %.2f |%n",
        row,
        work.label(),
        ratios.median(),
        ratios.lower(),
        ratios.upper(),
        processor,
        1e3 * forwards.median(),
        against.median(),
        against.lower(),
        against.upper());
    String[] names = row.split(" \\| ");
    return String.format(
        Locale.ROOT,
        "{\"network\": \"%s\", \"threads\": %s, \"backend\": \"%s\", \"work\": \"%s\","
            + " \"passes\": %d, \"rounds\": %d, \"ratio\": %.4f, \"quartiles\": [%.4f, %.4f],"
            + " \"processorRatio\": %.4f, \"forwardSeconds\": %.5f, \"againstFirst\": %.4f}",
        names[0],
        names[1],
        names[2],
        work,
        work.passes(),
        samples.length,
        ratios.median(),
        ratios.lower(),
        ratios.upper(),
        processor,
        forwards.median(),
        against.median());
  }

  private static Summary summary(Sample[] samples, ToDoubleFunction<Sample> number) {
    return Summary.of(Arrays.stream(samples).mapToDouble(number).toArray());
  }
}
