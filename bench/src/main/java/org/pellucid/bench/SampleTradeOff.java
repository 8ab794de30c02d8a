package org.pellucid.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.pellucid.api.Progress;
import org.pellucid.api.Saliency;
import org.pellucid.api.Status;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Request;
import org.pellucid.core.dataset.DataSet;
import org.pellucid.core.image.SourceImage;
import org.pellucid.onnx.OnnxWriter;
import org.pellucid.onnx.WriteOptions;

/**
 * How the error of maps falls with the number of noisy copies, and what {@code samples=auto} saves.
 * A map is compared with one of many other samples, cell by cell, as a part of that one's largest
 * magnitude ({@link MapError}). Every image is explained with every fixed number of samples and
 * with {@code auto} at every tolerance, each with the noise of several seeds; the errors of all
 * these maps have a mean, a worst and others ({@link ErrorSummary}). What {@code auto} saves is how
 * many samples it used on average beside the fixed number whose errors are no larger ({@link
 * FixedNumbers}), which nobody knows before. Counts samples and times nothing, so that other work
 * does not matter.
 *
 * <p>Arguments: {@code model=FILE|NETWORK data=FOLDER images=15 seeds=4
 * tolerances=0.01,0.02,0.03,0.05,0.1
 * samples=4,6,8,10,12,15,20,25,30,40,50,65,80,100,125,150,200,300 reference=10000
 * method=smooth-grad-cam++ layer=NAME backend=onnxruntime threads=2}. A network is one of {@link
 * Networks}, with random weights.
 */
public final class SampleTradeOff {
  /** Of the reference, so that it shares no noise with the other maps, whose seeds are 0, 1, ... */
  private static final int OTHER_SEED = 1_000_000;

  private static final String NUMBERS = "4,6,8,10,12,15,20,25,30,40,50,65,80,100,125,150,200,300";

  private final Request request;
  private final int seeds;
  private final int reference;
  private final Map<Integer, SampleErrors> fixed = new LinkedHashMap<>();
  private final Map<Double, SampleErrors> automatic = new LinkedHashMap<>();

  private SampleTradeOff(Arguments given) {
    Request method = Request.DEFAULT.withMethod(given.text("method", "smooth-grad-cam++"));
    this.request =
        given.values().containsKey("layer") ? method.withLayer(given.text("layer", "")) : method;
    this.seeds = given.number("seeds", 4);
    this.reference = given.number("reference", 10_000);
    given.list("samples", NUMBERS).stream()
        .map(Integer::valueOf)
        .sorted()
        .forEach(count -> fixed.put(count, new SampleErrors()));
    given
        .list("tolerances", "0.01,0.02,0.03,0.05,0.1")
        .forEach(tolerance -> automatic.put(Double.valueOf(tolerance), new SampleErrors()));
  }

  /** Runs the measurement; prints Markdown tables. */
  public static void main(String[] arguments) throws IOException {
    Arguments given = Arguments.of(arguments);
    String name = given.text("model", "examples/shapes.onnx");
    boolean built = Arrays.stream(Networks.values()).anyMatch(known -> known.name().equals(name));
    Path file = Path.of(name);
    if (built) {
      file = Files.createTempFile("pellucid-samples", ".onnx");
      OnnxWriter.write(Networks.valueOf(name).build(), file, WriteOptions.DEFAULT);
    }
    try (Pellucid pellucid =
        Pellucid.loader()
            .backend(given.text("backend", "onnxruntime"))
            .threads(given.number("threads", 2))
            .load(file)) {
      DataSet data =
          DataSet.open(Path.of(given.text("data", "examples"))).first(given.number("images", 15));
      new SampleTradeOff(given).measure(pellucid, data.items());
    } finally {
      if (built) {
        Files.delete(file);
      }
    }
  }

  private void measure(Pellucid pellucid, List<DataSet.Item> images) {
    System.out.println("| Image | Tolerance | Samples of `auto` | Largest errors, % |");
    System.out.println("|---|---|---|---|");
    for (DataSet.Item item : images) {
      SourceImage image = SourceImage.read(item.file());
      Saliency many = explain(pellucid, image, reference, OTHER_SEED, request);
      if (many.status() == Status.DEGENERATE) {
        System.out.printf("| %s | | its map is zero everywhere, and left out | |%n", item.name());
        continue;
      }
      double[] truth = many.map().toDoubleArray();
      fixed.forEach((count, into) -> add(pellucid, image, truth, count, request, into));
      automatic.forEach(
          (tolerance, all) -> {
            SampleErrors own = new SampleErrors();
            Request settling = request.withOption("tolerance", tolerance);
            add(pellucid, image, truth, "auto", settling, own);
            all.addAll(own);
            System.out.printf("| %s | %s | %s |%n", item.name(), tolerance, own);
          });
    }
    for (MapError error : MapError.values()) {
      printErrors(error);
      printSavings(error);
    }
  }

  /** One map with each seed's noise. */
  private void add(
      Pellucid pellucid,
      SourceImage image,
      double[] truth,
      Object samples,
      Request asked,
      SampleErrors into) {
    for (int seed = 0; seed < seeds; seed++) {
      Saliency saliency = explain(pellucid, image, samples, seed, asked);
      into.add(
          saliency.measures().get("samples").intValue(), saliency.map().toDoubleArray(), truth);
    }
  }

  private static Saliency explain(
      Pellucid pellucid, SourceImage image, Object samples, int seed, Request asked) {
    Request whole = asked.withOption("samples", samples).withOption("seed", seed);
    return pellucid.explain("image", image, whole, Progress.NONE).get(0).saliency();
  }

  private void printErrors(MapError error) {
    System.out.println();
    System.out.println("Error: " + error.title());
    System.out.println();
    System.out.println(
        Arrays.stream(ErrorSummary.values())
            .map(summary -> summary.title() + ", %")
            .collect(Collectors.joining(" | ", "| Samples | ", " |")));
    System.out.println("|---".repeat(1 + ErrorSummary.values().length) + "|");
    fixed.forEach(
        (count, errors) ->
            System.out.println(
                Arrays.stream(ErrorSummary.values())
                    .map(summary -> percent(errors.summary(error, summary)))
                    .collect(Collectors.joining(" | ", "| " + count + " | ", " |"))));
  }

  private static String percent(double part) {
    return String.format(Locale.ROOT, "%.2f", 100 * part);
  }

  private void printSavings(MapError error) {
    System.out.println();
    System.out.println(
        Arrays.stream(ErrorSummary.values())
            .map(summary -> summary.title() + ", %: fixed samples for that, ratio")
            .collect(
                Collectors.joining(
                    " | ",
                    "| Tolerance | Samples of `auto`, mean (least to most) | ",
                    " | Maps beyond the tolerance |")));
    System.out.println("|---".repeat(3 + ErrorSummary.values().length) + "|");
    automatic.forEach(
        (tolerance, errors) ->
            System.out.println(
                Arrays.stream(ErrorSummary.values())
                    .map(summary -> saving(errors, error, summary))
                    .collect(
                        Collectors.joining(
                            " | ",
                            String.format(
                                Locale.ROOT,
                                "| %s | %.1f (%d to %d) | ",
                                tolerance,
                                errors.meanSamples(),
                                errors.least(),
                                errors.most()),
                            " | " + errors.beyond(tolerance) + " of " + errors.maps() + " |"))));
  }

  /** The errors of automatic numbers, and what a fixed one has to be for them. */
  private String saving(SampleErrors errors, MapError error, ErrorSummary summary) {
    FixedNumbers numbers = new FixedNumbers();
    fixed.forEach((count, of) -> numbers.add(count, of.summary(error, summary)));
    double own = errors.summary(error, summary);
    double needed = numbers.asGoodAs(own);
    String found = percent(own) + ": ";
    return Double.isInfinite(needed)
        ? found + "more than were tried"
        : found + String.format(Locale.ROOT, "%.0f, %.1f", needed, needed / errors.meanSamples());
  }
}
