package org.pellucid.backend.cuda;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import org.pellucid.api.Precision;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.ConvTranspose;

/** Convolutions and transposed ones, as products of matrices that are never made: see conv.cuh. */
final class ConvolutionLowerings {
  /** Groups of so few rows have a thread per output element. */
  private static final int FEW_ROWS = 4;

  private ConvolutionLowerings() {}

  static void addTo(Lowerings table) {
    table.add(Conv.class, ConvolutionLowerings::convolution);
    table.add(ConvTranspose.class, ConvolutionLowerings::transposed);
  }

  /** Whether there is a thread per output element, and a table of each term. */
  private static boolean isDirect(int groups, int rows) {
    return groups > 1 && rows <= FEW_ROWS;
  }

  private static void convolution(Conv op, Site site) {
    Spatial in = Spatial.of(site.shape(0));
    Spatial out = Spatial.of(site.output());
    Spatial kernel = Spatial.of(site.shape(1));
    int groups = op.groups();
    int rows = site.shape(1).dim(0) / groups;
    int channels = site.shape(1).dim(1);
    Terms terms =
        Terms.of(
            channels,
            in,
            kernel.size(),
            Terms.footprint(kernel, Spatial.of(op.dilations(), 1), Spatial.of(op.padsBegin(), 0)),
            !isDirect(groups, rows));
    Phase phase =
        new Phase(
            terms, out, Spatial.of(op.strides(), 1), 0, new Spatial(out.y() * out.x(), out.x(), 1));
    int row = channels * kernel.size();
    Weights weights = new Weights(groups, rows, rows * row, row);
    new Convolution(site, in, out, weights, channels).add(List.of(phase));
  }

  private static void transposed(ConvTranspose op, Site site) {
    Spatial in = Spatial.of(site.shape(0));
    Spatial out = Spatial.of(site.output());
    Spatial kernel = Spatial.of(site.shape(1));
    int groups = op.groups();
    int rows = site.shape(1).dim(1);
    int channels = site.shape(1).dim(0) / groups;
    Spatial strides = Spatial.of(op.strides(), 1);
    List<Terms.Footprint> phases =
        Terms.phases(kernel, Spatial.of(op.dilations(), 1), Spatial.of(op.padsBegin(), 0), strides);
    List<Phase> parts = new ArrayList<>();
    for (Terms.Footprint phase : phases) {
      Spatial first = phase.first();
      Spatial count =
          new Spatial(
              (out.z() - first.z() + strides.z() - 1) / strides.z(),
              (out.y() - first.y() + strides.y() - 1) / strides.y(),
              (out.x() - first.x() + strides.x() - 1) / strides.x());
      if (first.z() >= out.z() || first.y() >= out.y() || first.x() >= out.x()) {
        continue;
      }
      parts.add(
          new Phase(
              Terms.of(channels, in, rows * kernel.size(), phase, !isDirect(groups, rows)),
              count,
              Spatial.ONES,
              (first.z() * out.y() + first.y()) * out.x() + first.x(),
              new Spatial(strides.z() * out.y() * out.x(), strides.y() * out.x(), strides.x())));
    }
    Weights weights = new Weights(groups, rows, channels * rows * kernel.size(), kernel.size());
    new Convolution(site, in, out, weights, channels).add(parts);
  }

  /** How weights lie: see {@link PackedWeights}. */
  private record Weights(int groups, int rows, int groupStep, int rowStep) {}

  /**
   * Output elements that are found alike.
   *
   * @param terms of their sums
   * @param count how many per axis
   * @param step from one to the next, in positions of the input
   * @param first the first of them in a plane of the output
   * @param steps from one to the next in the output
   */
  private record Phase(Terms terms, Spatial count, Spatial step, int first, Spatial steps) {}

  /** A convolution at a site. */
  private record Convolution(Site site, Spatial in, Spatial out, Weights weights, int channels) {
    void add(List<Phase> phases) {
      int samples = site.output().dim(0);
      int all = weights.groups() * weights.rows();
      int size = Math.toIntExact(site.output().size());
      Place x = site.input(0).place();
      boolean direct = isDirect(weights.groups(), weights.rows());
      int longest = phases.stream().mapToInt(phase -> phase.terms().count()).max().orElseThrow();
      long columns = (long) samples * phases.get(0).count().size();
      Tiles tiles = Tiles.of(weights.rows(), columns, longest, weights.groups(), site.engine());
      boolean split = !direct && phases.size() == 1 && tiles.splits() > 1;
      int splits = split ? tiles.splits() : 1;
      Place parts = split ? site.temporary(Shape.of(size, splits)).place() : null;
      boolean rounded =
          !direct && tiles.onTensorCores() && site.engine().precision() == Precision.TF32;
      List<Place> packed = phases.stream().map(phase -> packed(phase.terms(), rounded)).toList();
      List<Place> tables = phases.stream().map(phase -> site.table(phase.terms().table())).toList();
      Place bias = site.has(2) ? site.input(2).place() : Place.NOWHERE;
      site.add(
          ProductDraft.of(
              site.result(),
              bias,
              site.numbers().wide(),
              (epilogue, target) -> {
                List<Step> steps = new ArrayList<>();
                for (int i = 0; i < phases.size(); i++) {
                  Phase phase = phases.get(i);
                  Structure shape = shape(samples, phase, splits, tiles, size);
                  long width = (long) samples * phase.count().size();
                  Tiles each = split ? tiles : tiles.whole();
                  steps.add(
                      new Launch(
                          direct ? "conv_direct" : each.kernel("conv", phase.terms().byTap()),
                          direct
                              ? Dim3.of((int) ((width + 127) / 128), all)
                              : each.grid(weights.rows(), width, weights.groups()),
                          Dim3.of(direct ? 128 : each.threads()),
                          direct ? 0 : each.sharedBytes(),
                          List.of(
                              shape,
                              epilogue,
                              x,
                              packed.get(i),
                              tables.get(i),
                              parts == null ? target : parts)));
                }
                if (parts != null) {
                  steps.add(
                      Launch.over(
                          size,
                          "conv_combine",
                          epilogue,
                          parts,
                          target,
                          size,
                          splits,
                          all,
                          out.size()));
                }
                return steps;
              }));
    }

    private Structure shape(int samples, Phase phase, int splits, Tiles tiles, int size) {
      int all = weights.groups() * weights.rows();
      int terms = phase.terms().count();
      return site.structure()
          .ints(samples, weights.groups(), terms)
          .ints(phase.terms().taps(), channels, phase.terms().deep())
          .ints(weights.rows(), PackedWeights.apart(weights.rows()))
          .ints(in.z(), in.y(), in.x())
          .ints(weights.groups() * channels * in.size(), channels * in.size())
          .ints(phase.count().z(), phase.count().y(), phase.count().x())
          .ints(phase.step().z(), phase.step().y(), phase.step().x())
          .ints(all * out.size(), out.size())
          .ints(phase.first(), phase.steps().z(), phase.steps().y(), phase.steps().x())
          .ints(splits, splits == 1 ? terms : tiles.splitTerms(), size);
    }

    /** The weights of a phase: of a constant once for all plans, otherwise in each run. */
    private Place packed(Terms terms, boolean rounded) {
      PackedWeights order =
          new PackedWeights(
              new PackedWeights.Identity(site.constant(1).orElse(null)),
              IntBuffer.wrap(terms.positions()),
              weights.groups(),
              weights.rows(),
              weights.groupStep(),
              weights.rowStep(),
              rounded);
      if (order.size() == 0) {
        return Place.NOWHERE;
      }
      Tensor constant = site.constant(1).orElse(null);
      if (constant != null && site.engine().isOfModel(constant)) {
        return new Place.Fixed(site.engine().packed(order));
      }
      Place target = site.temporary(Shape.of(order.size())).place();
      site.add(order.launch(site.input(1).place(), site.table(terms.positions()), target));
      return target;
    }
  }
}
