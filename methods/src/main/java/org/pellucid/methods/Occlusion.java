package org.pellucid.methods;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.Explainer;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Region;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.api.explain.SelectedLayer;
import org.pellucid.graph.Shape;

/**
 * Occlusion: by how much the target's score falls when a square window of the image is covered.
 *
 * <pre>
 * map_ij = the mean over windows W that cover pixel (i, j) of S(x) - S(x covered in W)   [h, w]
 * </pre>
 *
 * <p>M. D. Zeiler, R. Fergus: "Visualizing and understanding convolutional networks", ECCV 2014,
 * arXiv 1311.2901 (source: secondary). Windows stand every {@link #STRIDE} pixels, and at the far
 * edges, so that every pixel is covered by one at least and none reaches outside. The score is the
 * logit. Of a signal a stretch is covered, of a volume a cube. All channels are covered; a
 * selection of neurons selects pixels of the map, whatever its role.
 */
public final class Occlusion implements Explainer {
  private static final String PAPER = "Zeiler and Fergus 2014, https://arxiv.org/abs/1311.2901";

  /** The side of the window. */
  public static final Option<Integer> WINDOW =
      Option.integer(
          "window",
          0,
          0,
          100_000,
          "The side of the covered square in pixels; 0: an eighth of the image's shortest side",
          PAPER);

  /** The distance between windows. */
  public static final Option<Integer> STRIDE =
      Option.integer(
          "stride",
          0,
          0,
          100_000,
          "By how many pixels the square moves on; 0: half of its side",
          PAPER);

  /** What covers the window. */
  public static final Option<Baseline> FILL =
      Option.choice(
          "fill",
          Baseline.MEAN,
          "What covers the square: zeros, or the mean of each channel of the image",
          PAPER);

  @Override
  public String id() {
    return "occlusion";
  }

  @Override
  public String description() {
    return "How much the score falls when a part of the image is covered (Zeiler and Fergus 2014,"
        + " https://arxiv.org/abs/1311.2901)";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(WINDOW, STRIDE, FILL);
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.MANY_FORWARDS);
  }

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options options) {
    SelectedLayer layer = SelectedLayer.ofInput(id(), selection, probe);
    layer.checkAllMaps(id(), "changes all channels of the input at once");
    SaliencyReport report = SaliencyReport.withoutTable(layer);
    Shape space = layer.space();
    int side = side(options, Arrays.stream(space.dims()).min().orElseThrow());
    int stride = options.get(STRIDE) == 0 ? (side + 1) / 2 : options.get(STRIDE);
    List<Region> windows = windows(space, side, stride);
    Field image = layer.field(probe.inputMaps().toDoubleArray());
    double[] cover = options.get(FILL).of(image).values();
    record Covered(int side, int stride, Baseline fill) {}
    Variants covered =
        new Variants(
            new Covered(side, stride, options.get(FILL)),
            windows.size(),
            layer.shape(),
            index -> {
              double[] pixels = image.values().clone();
              windows
                  .get(index)
                  .rows(
                      space,
                      first -> {
                        for (int at = first; at < pixels.length; at += image.cells()) {
                          System.arraycopy(cover, at, pixels, at, side);
                        }
                      });
              return pixels;
            });
    double score = probe.target().value(probe.scores().toDoubleArray());
    double[] scores = probe.scoresOf(probe.variants(covered));
    report.measure("windows", scores.length);
    double[] falls = new double[image.cells()];
    double[] counts = new double[falls.length];
    for (int i = 0; i < scores.length; i++) {
      double fall = score - scores[i];
      windows
          .get(i)
          .rows(
              space,
              first -> {
                for (int cell = first; cell < first + side; cell++) {
                  falls[cell] += fall;
                  counts[cell]++;
                }
              });
    }
    Arrays.setAll(falls, cell -> falls[cell] / counts[cell]);
    return report.saliency(new Field(1, falls.length, falls));
  }

  private static int side(Options options, int shortest) {
    int wanted = options.get(WINDOW);
    if (wanted > shortest) {
      throw new InvalidRequestException(
          "A window of "
              + wanted
              + " pixels was asked for; the image's shortest side has "
              + shortest);
    }
    int side = wanted == 0 ? Math.max(1, Math.round(shortest / 8f)) : wanted;
    int stride = options.get(STRIDE);
    if (stride > side) {
      throw new InvalidRequestException(
          "A stride of "
              + stride
              + " pixels was asked for; past the window's side of "
              + side
              + " pixels stay uncovered");
    }
    return side;
  }

  /** All windows, row by row. */
  private static List<Region> windows(Shape space, int side, int stride) {
    List<List<Integer>> corners = List.of(List.of());
    for (int length : space.dims()) {
      int[] starts = starts(length, side, stride);
      corners =
          corners.stream()
              .flatMap(
                  corner ->
                      Arrays.stream(starts)
                          .mapToObj(start -> Stream.concat(corner.stream(), Stream.of(start)))
                          .map(Stream::toList))
              .toList();
    }
    List<Integer> size = Collections.nCopies(space.rank(), side);
    return corners.stream()
        .map(corner -> new Region(Region.Unit.INPUT_PIXELS, corner, size))
        .toList();
  }

  /** Where windows begin along an axis: the last one ends with the axis. */
  private static int[] starts(int length, int side, int stride) {
    return IntStream.concat(
            IntStream.iterate(0, start -> start < length - side, start -> start + stride),
            IntStream.of(length - side))
        .toArray();
  }
}
