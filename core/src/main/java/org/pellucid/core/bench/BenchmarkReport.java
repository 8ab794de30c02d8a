package org.pellucid.core.bench;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.pellucid.core.bench.Baseline.Change;
import org.pellucid.core.io.AtomicFiles;

/** Writes a benchmark: {@code bench.json} and {@code bench.html}. */
public final class BenchmarkReport {
  /**
   * What is said of a benchmark beside its numbers.
   *
   * @param model the model's name
   * @param modelSha256 of its file
   * @param image what was explained
   * @param request what was asked for
   * @param machine where
   */
  public record Facts(
      String model, String modelSha256, String image, BenchmarkRequest request, Machine machine) {}

  private BenchmarkReport() {}

  /**
   * Writes both files into a directory, which is made when it is missing.
   *
   * @param changes against an earlier run; empty where there is none
   * @return the files
   * @throws org.pellucid.api.InvalidRequestException if they cannot be written
   */
  public static List<Path> write(
      Path directory, Facts facts, BenchmarkResult result, List<Change> changes) {
    Path json = directory.resolve("bench.json");
    Path page = directory.resolve("bench.html");
    write(json, BenchmarkJson.of(facts, result, changes));
    write(page, BenchmarkPage.of(facts, result, changes));
    return List.of(json, page);
  }

  private static void write(Path file, String text) {
    AtomicFiles.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }
}
