package org.pellucid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.core.io.Npy;

/** What {@code pellucid sweep} writes, prints and returns. */
class SweepCommandTest {
  @TempDir private Path folder;

  private Cli.Outcome sweep(Path out, Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("sweep", Cli.SHAPES));
    all.addAll(Arrays.asList(arguments));
    all.addAll(List.of("-o", out));
    return Cli.run(all.toArray());
  }

  private static JsonObject json(Path out) throws IOException {
    return JsonParser.parseString(Files.readString(out.resolve("sweep.json"))).getAsJsonObject();
  }

  private static Set<String> files(Path out) throws IOException {
    try (Stream<Path> found = Files.list(out)) {
      Set<String> names = new TreeSet<>();
      found.forEach(file -> names.add(file.getFileName().toString()));
      return names;
    }
  }

  /** The row of a metric in a cell. */
  private static JsonObject row(JsonObject json, String metric, int samples, double noise) {
    for (JsonElement element : json.getAsJsonArray("rows")) {
      JsonObject row = element.getAsJsonObject();
      if (row.get("metric").getAsString().equals(metric)
          && row.get("samples").getAsInt() == samples
          && row.get("noise").getAsDouble() == noise) {
        return row;
      }
    }
    throw new AssertionError("No " + metric + " of " + samples + " samples, noise " + noise);
  }

  @Test
  void one_image_without_a_word_about_it_is_swept() throws IOException {
    Path image = Files.copy(Cli.HEXAGON, folder.resolve("hexagon.png"));
    Path out = folder.resolve("out");
    Cli.Outcome outcome =
        sweep(out, image, "--samples", "1,4", "--noise", "0,0.1,0.4", "--seeds", 2);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    assertThat(files(out))
        .contains(
            "results.jsonl",
            "results.csv",
            "sweep.csv",
            "sweep.json",
            "index.html",
            "hexagon.sweep.png");
    JsonObject json = json(out);
    // Without noise one sample and one seed say it all.
    assertThat(Files.readAllLines(out.resolve("results.jsonl"))).hasSize(1 + 2 * 2 * 2 + 1);
    assertThat(row(json, "entropy", 1, 0).get("seeds").getAsInt()).isEqualTo(1);
    assertThat(row(json, "entropy", 4, 0.1).get("seeds").getAsInt()).isEqualTo(2);
    // Maps of more samples and less noise are more alike.
    double least = row(json, "agreement-over-seeds", 1, 0.4).get("mean").getAsDouble();
    double most = row(json, "agreement-over-seeds", 4, 0.1).get("mean").getAsDouble();
    assertThat(most).isGreaterThan(least).isLessThanOrEqualTo(1);
    String page = Files.readString(out.resolve("index.html"));
    assertThat(page).contains("<svg", "data:image/png;base64,", "agreement-over-seeds");
    assertThat(page).doesNotContain("http://", "https://");
  }

  /** Against the maps that explain writes, one by one. */
  @Test
  void what_maps_have_in_common_is_that_of_the_maps_of_explain() throws IOException {
    Path out = folder.resolve("out");
    Path image = Files.copy(Cli.HEXAGON, folder.resolve("hexagon.png"));
    sweep(out, image, "--samples", "2,6", "--noise", "0.2", "--seeds", 2);
    double[][] few = new double[2][];
    double[][] many = new double[2][];
    for (int seed = 0; seed < 2; seed++) {
      few[seed] = explained(image, 2, seed);
      many[seed] = explained(image, 6, seed);
    }
    JsonObject json = json(out);
    double agreement = row(json, "agreement-over-seeds", 2, 0.2).get("mean").getAsDouble();
    assertThat(agreement).isCloseTo(pearson(few[0], few[1]), within(1e-5));
    double distance = row(json, "distance-from-most-samples", 2, 0.2).get("mean").getAsDouble();
    double expected = (apart(few[0], many[1]) + apart(few[1], many[0])) / 2;
    assertThat(distance).isCloseTo(expected, within(1e-5));
  }

  private static org.assertj.core.data.Offset<Double> within(double tolerance) {
    // Maps are written in float32, and batches of other sizes round otherwise.
    return org.assertj.core.data.Offset.offset(tolerance);
  }

  private double[] explained(Path image, int samples, int seed) {
    Path out = folder.resolve(samples + "-" + seed);
    Cli.run(
        "explain",
        Cli.SHAPES,
        image,
        "--samples",
        samples,
        "--noise",
        0.2,
        "--seed",
        seed,
        "-o",
        out);
    return Npy.read(out.resolve("hexagon.smooth-grad-cam++.npy")).toDoubleArray();
  }

  private static double pearson(double[] a, double[] b) {
    double meanA = Arrays.stream(a).average().orElseThrow();
    double meanB = Arrays.stream(b).average().orElseThrow();
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (a[i] - meanA) * (b[i] - meanB);
      aa += (a[i] - meanA) * (a[i] - meanA);
      bb += (b[i] - meanB) * (b[i] - meanB);
    }
    return ab / Math.sqrt(aa * bb);
  }

  private static double apart(double[] a, double[] b) {
    double difference = 0;
    double length = 0;
    for (int i = 0; i < a.length; i++) {
      difference += (a[i] - b[i]) * (a[i] - b[i]);
      length += b[i] * b[i];
    }
    return Math.sqrt(difference / length);
  }

  @Test
  void layers_of_a_method_without_noise_are_swept_over_a_data_set() throws IOException {
    Path out = folder.resolve("out");
    Cli.Outcome outcome =
        sweep(
            out, Cli.EXAMPLES, "--first", 3, "--method", "grad-cam", "--layers", "conv:-1,conv:-4");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    Set<String> layers = new TreeSet<>();
    for (JsonElement row : json(out).getAsJsonArray("rows")) {
      layers.add(row.getAsJsonObject().get("layer").getAsString());
      assertThat(row.getAsJsonObject().get("samples").isJsonNull()).isTrue();
      assertThat(row.getAsJsonObject().get("images").getAsInt()).isEqualTo(3);
    }
    assertThat(layers).hasSize(2);
    assertThat(files(out).stream().filter(name -> name.endsWith(".sweep.png"))).hasSize(6);
  }

  @Test
  void a_sweep_that_was_ended_goes_on_to_the_same_bytes() throws IOException {
    Path whole = folder.resolve("whole");
    Path ended = folder.resolve("ended");
    Object[] arguments = {
      Cli.EXAMPLES, "--first", 2, "--samples", "1,2", "--noise", "0.1", "--seeds", 2
    };
    sweep(whole, arguments);
    sweep(ended, arguments);
    String text = Files.readString(ended.resolve("results.jsonl"));
    Files.writeString(
        ended.resolve("results.jsonl"), text.substring(0, text.indexOf("\"complete\"") + 200));
    sweep(ended, arguments);
    for (String name : List.of("results.jsonl", "results.csv", "sweep.csv", "sweep.json")) {
      assertThat(ended.resolve(name)).hasSameBinaryContentAs(whole.resolve(name));
    }
  }

  private void refused(int code, String part, Object... arguments) {
    Cli.Outcome outcome = sweep(folder.resolve("out"), arguments);
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(code);
    assertThat(outcome.errLines()).hasSize(1);
    assertThat(outcome.err()).contains(part);
  }

  @Test
  void what_cannot_be_swept_is_refused() {
    refused(2, "samples", Cli.HEXAGON, "--method", "grad-cam", "--samples", "1,5");
    refused(2, "fixed", Cli.HEXAGON, "--method", "smooth-grad-cam++:samples=5", "--samples", "1,5");
    refused(2, "0", Cli.HEXAGON, "--seeds", 0);
    refused(2, "-1", Cli.HEXAGON, "--noise", "-1");
    refused(2, "nowhere", Cli.HEXAGON, "--layers", "nowhere");
    refused(5, "missing.png", folder.resolve("missing.png"));
  }
}
