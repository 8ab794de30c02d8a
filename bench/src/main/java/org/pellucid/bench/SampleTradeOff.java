package org.pellucid.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
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
 * The error of a map is the largest difference of a cell to a map of many other samples, as a part
 * of that one's largest magnitude. Every image is explained with every fixed number of samples and
 * with {@code auto} at every tolerance, each with the noise of several seeds; over all these maps
 * stand the worst error and the one that nine in ten do not exceed. What {@code auto} saves is how
 * many samples it used on average beside the least fixed number whose error is no larger, which
 * nobody knows before. Counts samples and times nothing, so that other work does not matter.
 *
 * <p>Arguments: {@code model=FILE|NETWORK data=FOLDER images=15 seeds=4 tolerances=0.02,0.05,0.1
 * samples=4,10,25,50,100,200,400,700,1000 reference=10000 method=smooth-grad-cam++ layer=NAME
 * backend=onnxruntime threads=2}. A network is one of {@link Networks}, with random weights.
 */
public final class SampleTradeOff {
  /** Of the reference, so that it shares no noise with the other maps, whose seeds are 0, 1, ... */
  private static final int OTHER_SEED = 1_000_000;

  private static final double NINE_IN_TEN = 0.9;

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
    given.list("samples", "4,10,25,50,100,200,400,700,1000").stream()
        .map(Integer::valueOf)
        .sorted()
        .forEach(count -> fixed.put(count, new SampleErrors()));
    given
        .list("tolerances", "0.02,0.05,0.1")
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
    printErrors();
    printSavings();
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
          saliency.measures().get("samples").intValue(),
          SampleErrors.relative(saliency.map().toDoubleArray(), truth));
    }
  }

  private static Saliency explain(
      Pellucid pellucid, SourceImage image, Object samples, int seed, Request asked) {
    Request whole = asked.withOption("samples", samples).withOption("seed", seed);
    return pellucid.explain("image", image, whole, Progress.NONE).get(0).saliency();
  }

  private void printErrors() {
    System.out.println();
    System.out.println("| Samples | Median error, % | Nine in ten within, % | Worst, % |");
    System.out.println("|---|---|---|---|");
    fixed.forEach(
        (count, errors) ->
            System.out.printf(
                Locale.ROOT,
                "| %d | %.2f | %.2f | %.2f |%n",
                count,
                100 * errors.quantile(0.5),
                100 * errors.quantile(NINE_IN_TEN),
                100 * errors.quantile(1)));
  }

  private void printSavings() {
    System.out.println();
    System.out.println(
        "| Tolerance | Samples of `auto`, mean (least to most) | Nine in ten within, % | Fixed"
            + " samples for that | Ratio | Worst, % | Fixed samples for that | Ratio |");
    System.out.println("|---|---|---|---|---|---|---|---|");
    automatic.forEach(
        (tolerance, errors) ->
            System.out.printf(
                Locale.ROOT,
                "| %s | %.1f (%d to %d) | %s | %s |%n",
                tolerance,
                errors.meanSamples(),
                errors.least(),
                errors.most(),
                saving(errors, NINE_IN_TEN),
                saving(errors, 1)));
  }

  /** The error of automatic numbers, and what a fixed one has to be for it. */
  private String saving(SampleErrors errors, double part) {
    int[] counts = fixed.keySet().stream().mapToInt(Integer::intValue).toArray();
    double[] at = fixed.values().stream().mapToDouble(each -> each.quantile(part)).toArray();
    int enough =
        IntStream.range(0, counts.length)
            .filter(i -> at[i] <= errors.quantile(part))
            .findFirst()
            .orElse(-1);
    int needed = enough < 0 ? counts[counts.length - 1] : counts[enough];
    String more = enough < 0 ? "> " : "";
    return String.format(
        Locale.ROOT,
        "%.2f | %s%d | %s%.1f",
        100 * errors.quantile(part),
        more,
        needed,
        more,
        needed / errors.meanSamples());
  }
}
