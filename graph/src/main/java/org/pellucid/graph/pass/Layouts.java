package org.pellucid.graph.pass;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.BatchNormalization;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Expand;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.LogSoftmax;
import org.pellucid.graph.op.Lrn;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.Pad;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Slice;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Standardize;
import org.pellucid.graph.op.Tile;
import org.pellucid.graph.op.Transpose;
import org.pellucid.graph.op.Unary;
import org.pellucid.graph.op.Where;

/**
 * The layout of every tensor that holds feature maps, tracked through the graph. Convolutions,
 * pools and channel-wise normalisations read and write {@code [N, C, spatial...]} by definition;
 * from there the axes are carried along, forwards and backwards, through transposes and everything
 * that keeps its axes.
 */
public final class Layouts {
  private final Map<String, FeatureMapAxes> axes = new HashMap<>();

  /**
   * Of matrices {@code [N h w, C]} and token lists {@code [N, h w, C]} whose rows are the cells of
   * channels-last maps: the shape of those maps.
   */
  private final Map<String, Shape> cells = new HashMap<>();

  private final ModelGraph graph;

  private Layouts(ModelGraph graph) {
    this.graph = graph;
  }

  /** Tracks the layout of each tensor of a graph. */
  public static Layouts of(ModelGraph graph) {
    Layouts layouts = new Layouts(graph);
    int known;
    do {
      known = layouts.axes.size();
      graph.nodes().forEach(layouts::forwards);
      List<Node> reversed = new ArrayList<>(graph.nodes());
      Collections.reverse(reversed);
      reversed.forEach(layouts::backwards);
      if (layouts.axes.size() == known) {
        graph.inputs().forEach(layouts::guess);
      }
    } while (layouts.axes.size() > known);
    return layouts;
  }

  /** The axes of a tensor; empty when it does not hold feature maps or this is not known. */
  public Optional<FeatureMapAxes> of(String tensor) {
    return Optional.ofNullable(axes.get(tensor));
  }

  private void know(String tensor, FeatureMapAxes found) {
    int rank = graph.type(tensor).shape().rank();
    if (rank >= 3 && rank == found.spatialAxes().size() + 2) {
      axes.putIfAbsent(tensor, found);
    }
  }

  private static FeatureMapAxes channelsFirst(int rank) {
    return new FeatureMapAxes(0, 1, IntStream.range(2, rank).boxed().toList());
  }

  private static boolean isChannelsFirst(Operation operation) {
    return operation instanceof Conv
        || operation instanceof MaxPool
        || operation instanceof AveragePool
        || operation instanceof BatchNormalization
        || operation instanceof Lrn;
  }

  /** Operations whose output axes are the axes of inputs of the same rank. */
  private static boolean keepsAxes(Operation operation) {
    return operation instanceof Unary
        || operation instanceof Binary
        || operation instanceof Where
        || operation instanceof Cast
        || operation instanceof Softmax
        || operation instanceof LogSoftmax
        || operation instanceof Standardize
        || operation instanceof Pad
        || operation instanceof Slice
        || operation instanceof Tile
        || operation instanceof Expand
        || operation instanceof Concat
        || operation instanceof Gather
        || (operation instanceof Reduce reduce && reduce.keepDims());
  }

  private void forwards(Node node) {
    Operation operation = node.operation();
    String output = node.output();
    Shape shape = graph.type(output).shape();
    if (shape.rank() == 2 || shape.rank() == 3) {
      flattened(node, shape).ifPresent(maps -> cells.putIfAbsent(output, maps));
    }
    if (axes.containsKey(output) || shape.rank() < 3) {
      return;
    }
    if (isChannelsFirst(operation)) {
      know(output, channelsFirst(shape.rank()));
    } else if (operation instanceof Transpose transpose) {
      of(node.inputs().get(0))
          .ifPresent(found -> know(output, relabel(found, transpose.permutation()::indexOf)));
    } else if (operation instanceof MatMul) {
      // A dense layer on the last axis, [.., C] x [C, M]: its output channels stay last.
      of(node.inputs().get(0))
          .filter(found -> found.channelAxis() == shape.rank() - 1)
          .filter(found -> graph.type(node.inputs().get(1)).shape().rank() == 2)
          .ifPresent(found -> know(output, found));
    } else if (operation instanceof Reshape && node.source().equals(TokenGrids.SOURCE)) {
      if (shape.rank() == 4) {
        know(output, new FeatureMapAxes(0, 3, List.of(1, 2)));
      }
    } else if (operation instanceof Reshape) {
      Shape maps = cells.get(node.inputs().get(0));
      if (maps != null && sameCells(maps, shape)) {
        int last = shape.rank() - 1;
        know(output, new FeatureMapAxes(0, last, IntStream.range(1, last).boxed().toList()));
      }
    } else if (keepsAxes(operation)) {
      if (operation instanceof Standardize normal && isGridOfTokens(normal, shape)) {
        know(output, new FeatureMapAxes(0, 3, List.of(1, 2)));
        return;
      }
      fullRank(node)
          .filter(axes::containsKey)
          .sorted(
              (a, b) ->
                  Boolean.compare(
                      graph.type(b).shape().equals(shape), graph.type(a).shape().equals(shape)))
          .findFirst()
          .ifPresent(input -> know(output, axes.get(input)));
    }
  }

  /**
   * A dense layer on channels-last maps may be written as a product of matrices, [N h w, C] x [C,
   * M], between two reshapes; a transformer's block works on [N, h w, C].
   */
  private Optional<Shape> flattened(Node node, Shape rows) {
    Operation operation = node.operation();
    String first = node.inputs().get(0);
    if (operation instanceof Reshape) {
      Shape maps = graph.type(first).shape();
      return of(first)
          .filter(found -> found.sampleAxis() == 0 && found.channelAxis() == maps.rank() - 1)
          .filter(found -> maps.rank() > rows.rank() && maps.dim(-1) == rows.dim(-1))
          .filter(found -> rows.rank() == 2 || maps.dim(0) == rows.dim(0))
          .map(found -> maps);
    }
    if (operation instanceof MatMul
        || (operation instanceof Gemm gemm && !gemm.transposeA())
        || keepsAxes(operation)) {
      return fullRank(node)
          .filter(input -> graph.type(input).shape().with(-1, 1).equals(rows.with(-1, 1)))
          .map(cells::get)
          .filter(Objects::nonNull)
          .findFirst();
    }
    return Optional.empty();
  }

  /**
   * Whether a normalisation over the last axis is that of channels, [N, h, w, C], in a transformer
   * that merges patches by steps through which no layout can be followed: if an image can be cut
   * into h by w squares.
   */
  private boolean isGridOfTokens(Standardize normal, Shape shape) {
    return shape.rank() == 4
        && normal.axes().equals(List.of(3))
        && graph.inputs().keySet().stream()
            .filter(input -> of(input).filter(found -> found.spatialAxes().size() == 2).isPresent())
            .anyMatch(
                input -> {
                  Shape image = graph.type(input).shape();
                  List<Integer> space = of(input).orElseThrow().spatialAxes();
                  int height = image.dim(space.get(0));
                  int width = image.dim(space.get(1));
                  return shape.dim(1) > 1
                      && height % shape.dim(1) == 0
                      && width % shape.dim(2) == 0
                      && height / shape.dim(1) == width / shape.dim(2)
                      && image.dim(0) == shape.dim(0);
                });
  }

  private static boolean sameCells(Shape maps, Shape other) {
    return maps.rank() == other.rank() && maps.with(-1, 1).equals(other.with(-1, 1));
  }

  private void backwards(Node node) {
    Operation operation = node.operation();
    String first = node.inputs().get(0);
    if (isChannelsFirst(operation)) {
      int rank = graph.type(first).shape().rank();
      if (rank >= 3) {
        know(first, channelsFirst(rank));
      }
      return;
    }
    FeatureMapAxes found = axes.get(node.output());
    if (found == null) {
      return;
    }
    if (operation instanceof Transpose transpose) {
      know(first, relabel(found, transpose.permutation()::get));
    } else if (keepsAxes(operation)) {
      fullRank(node).forEach(input -> know(input, found));
    }
  }

  private java.util.stream.Stream<String> fullRank(Node node) {
    int rank = graph.type(node.output()).shape().rank();
    return node.inputs().stream()
        .filter(input -> !graph.constants().containsKey(input))
        .filter(input -> graph.type(input).shape().rank() == rank);
  }

  private static FeatureMapAxes relabel(
      FeatureMapAxes from, java.util.function.IntUnaryOperator axis) {
    return new FeatureMapAxes(
        axis.applyAsInt(from.sampleAxis()),
        axis.applyAsInt(from.channelAxis()),
        from.spatialAxes().stream().map(axis::applyAsInt).toList());
  }

  /** An image input that nothing tells about: the axis that could be colours, else axis 1. */
  private void guess(String input, TensorType type) {
    int rank = type.shape().rank();
    if (rank < 3 || axes.containsKey(input)) {
      return;
    }
    boolean last = isColours(type.shape().dim(-1)) && !isColours(type.shape().dim(1));
    know(
        input,
        last
            ? new FeatureMapAxes(0, rank - 1, IntStream.range(1, rank - 1).boxed().toList())
            : channelsFirst(rank));
  }

  private static boolean isColours(int length) {
    return length == 1 || length == 3 || length == 4;
  }
}
