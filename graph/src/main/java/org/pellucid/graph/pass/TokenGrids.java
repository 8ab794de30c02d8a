package org.pellucid.graph.pass;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Slice;
import org.pellucid.graph.op.Standardize;
import org.pellucid.graph.op.Unary;

/**
 * The tokens of a transformer, {@code [N, T, C]}, as feature maps {@code [N, h, w, C]}: where they
 * are, and a graph in which the tensor {@code <tokens>/grid} holds them, made of the tokens and
 * turned into them again. Whatever works on feature maps then works on tokens.
 */
public final class TokenGrids {
  /** What the nodes that this adds are said to come from. */
  public static final String SOURCE = "TokenGrid";

  /** Class, distillation and register tokens are few. */
  private static final int MOST_SKIPPED = 16;

  private final ModelGraph graph;
  private final int samples;
  private final Map<String, Grid> byMaps = new HashMap<>();
  private final List<Grid> grids = new ArrayList<>();

  /**
   * Tokens that lie on a grid.
   *
   * @param tokens the tensor {@code [N, T, C]}
   * @param skip how many tokens come first that stand for no place
   * @param height rows of patches
   * @param width columns of patches
   * @param read whether what patches hold here reaches the scores, other than through tokens that
   *     stand for no place: behind a transformer's last attention it does not where the class token
   *     alone is read, and gradients are zero there
   */
  public record Grid(String tokens, int skip, int height, int width, boolean read) {
    /** The tensor {@code [N, h, w, C]}. */
    public String maps() {
      return tokens + "/grid";
    }
  }

  private TokenGrids(ModelGraph graph, int samples) {
    this.graph = graph;
    this.samples = samples;
  }

  /**
   * Finds the tokens of a network: tensors {@code [N, T, C]} as wide as the patches that a
   * convolution makes, behind which there are no feature maps any more.
   *
   * @param input the explained input
   * @param scores what is explained
   * @param layout what is known of the tokens
   */
  public static TokenGrids of(ModelGraph graph, String input, String scores, TokenLayout layout) {
    Batching batching = Batching.of(graph);
    TokenGrids found = new TokenGrids(graph, batching.samples());
    Layouts layouts = Layouts.of(graph);
    Set<String> between = graph.downstream(Set.of(input));
    between.retainAll(graph.upstream(Set.of(scores)));
    Optional<Node> patches =
        graph.nodes().stream()
            .filter(node -> between.contains(node.output()))
            .filter(node -> isMaps(graph, layouts, node.output()))
            .reduce((first, second) -> second);
    if (patches.isEmpty() && layout.equals(TokenLayout.AUTO)) {
      return found;
    }
    Optional<TokenLayout.Grid> grid =
        layout.grid().or(() -> patches.map(node -> grid(graph, layouts, node.output())));
    int width =
        patches
            .map(
                node ->
                    graph
                        .type(node.output())
                        .shape()
                        .dim(layouts.of(node.output()).orElseThrow().channelAxis()))
            .orElse(0);
    Set<String> behind =
        patches.map(node -> graph.downstream(Set.of(node.output()))).orElse(between);
    for (Node node : graph.nodes()) {
      String tokens = node.output();
      Shape shape = graph.type(tokens).shape();
      if (between.contains(tokens)
          && behind.contains(tokens)
          && !tokens.equals(scores)
          && !graph.outputs().contains(tokens)
          && graph.type(tokens).elementType().isFloating()
          && shape.rank() == 3
          && shape.dim(0) == found.samples
          && (width == 0 || shape.dim(2) == width)) {
        found.add(tokens, shape.dim(1), layout, grid);
      }
    }
    return found;
  }

  private static boolean isMaps(ModelGraph graph, Layouts layouts, String tensor) {
    return layouts
        .of(tensor)
        .filter(axes -> axes.spatialAxes().size() == 2)
        .filter(axes -> grid(graph, layouts, tensor).cells() > 1)
        .isPresent();
  }

  private static TokenLayout.Grid grid(ModelGraph graph, Layouts layouts, String tensor) {
    List<Integer> axes = layouts.of(tensor).orElseThrow().spatialAxes();
    Shape shape = graph.type(tensor).shape();
    return new TokenLayout.Grid(shape.dim(axes.get(0)), shape.dim(axes.get(1)));
  }

  private void add(
      String tokens, int count, TokenLayout layout, Optional<TokenLayout.Grid> patches) {
    Optional<TokenLayout.Grid> grid = patches;
    if (layout.skip().isPresent() && layout.grid().isEmpty()) {
      int places = count - layout.skip().getAsInt();
      int side = (int) Math.round(Math.sqrt(Math.max(0, places)));
      grid =
          patches
              .filter(found -> found.cells() == places)
              .or(
                  () ->
                      Optional.of(new TokenLayout.Grid(side, side))
                          .filter(square -> square.cells() == places));
    }
    if (grid.isEmpty()) {
      return;
    }
    long skip = count - grid.get().cells();
    boolean fits = layout.skip().isPresent() ? skip == layout.skip().getAsInt() : skip >= 0;
    if (fits && skip <= MOST_SKIPPED && grid.get().cells() > 1) {
      Grid found =
          new Grid(
              tokens,
              (int) skip,
              grid.get().height(),
              grid.get().width(),
              isRead(tokens, (int) skip));
      grids.add(found);
      byMaps.put(found.maps(), found);
    }
  }

  /** Whether anything but tokens that are skipped is read of these, otherwise than one by one. */
  private boolean isRead(String tokens, int skip) {
    Shape shape = graph.type(tokens).shape();
    Deque<String> open = new ArrayDeque<>(List.of(tokens));
    Set<String> seen = new HashSet<>(open);
    while (!open.isEmpty()) {
      String tensor = open.pop();
      for (Node node : graph.consumers(tensor)) {
        if (readsOnlySkipped(node, tensor, skip)) {
          continue;
        }
        if (!isTokenByToken(node, tensor, shape)) {
          return true;
        }
        if (seen.add(node.output())) {
          open.push(node.output());
        }
      }
    }
    return false;
  }

  /** Whether a node takes out nothing but the first tokens. */
  private boolean readsOnlySkipped(Node node, String tensor, int skip) {
    Shape shape = graph.type(tensor).shape();
    if (shape.rank() != 3) {
      return false;
    }
    if (node.operation() instanceof Slice slice) {
      int last = slice.starts().get(1) + (slice.sizes().get(1) - 1) * slice.steps().get(1);
      return Math.max(slice.starts().get(1), last) < skip;
    }
    if (node.operation() instanceof Gather gather && gather.axis() == 1) {
      Tensor indices = graph.constants().get(node.inputs().get(1));
      for (int i = 0; indices != null && i < indices.size(); i++) {
        double index = indices.get(i);
        if ((index < 0 ? index + shape.dim(1) : index) >= skip) {
          return false;
        }
      }
      return indices != null;
    }
    return false;
  }

  /** Whether a node makes each token of the same token of a tensor. */
  private boolean isTokenByToken(Node node, String tensor, Shape tokens) {
    Operation operation = node.operation();
    Shape made = graph.type(node.output()).shape();
    boolean rows =
        made.rank() == 3
            ? made.dim(0) == tokens.dim(0) && made.dim(1) == tokens.dim(1)
            : made.rank() == 2 && made.dim(0) == tokens.dim(0) * tokens.dim(1);
    boolean weighs =
        (operation instanceof MatMul || operation instanceof Gemm)
            && node.inputs().get(0).equals(tensor)
            && graph.constants().containsKey(node.inputs().get(1))
            && graph.type(node.inputs().get(1)).shape().rank() == 2
            && !(operation instanceof Gemm gemm && gemm.transposeA());
    return rows
        && (operation instanceof Unary
            || operation instanceof Reduce
            || operation instanceof Binary
            || operation instanceof Cast
            || operation instanceof Reshape
            || weighs
            || (operation instanceof Standardize standardize
                && standardize.axes().equals(List.of(made.rank() - 1))));
  }

  /** All that were found, in the order in which they are computed. */
  public List<Grid> all() {
    return Collections.unmodifiableList(grids);
  }

  /** Those whose feature maps are among some tensors. */
  public List<Grid> among(Collection<String> tensors) {
    return tensors.stream().map(byMaps::get).filter(grid -> grid != null).toList();
  }

  /**
   * The network with some tokens turned into feature maps and back; itself where there are none.
   */
  public ModelGraph with(Collection<Grid> wanted) {
    if (wanted.isEmpty()) {
      return graph;
    }
    Map<String, Grid> byTokens = new HashMap<>();
    wanted.forEach(grid -> byTokens.put(grid.tokens(), grid));
    Map<String, String> replaced = new HashMap<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      nodes.add(
          node.withInputs(
              node.inputs().stream().map(name -> replaced.getOrDefault(name, name)).toList()));
      Grid grid = byTokens.get(node.output());
      if (grid != null) {
        replaced.put(node.output(), thereAndBack(grid, nodes));
      }
    }
    return ModelGraph.of(
        graph.inputs(), graph.constants(), nodes, graph.outputs(), graph.metadata());
  }

  private String thereAndBack(Grid grid, List<Node> nodes) {
    String tokens = grid.tokens();
    Shape shape = graph.type(tokens).shape();
    int places = grid.height() * grid.width();
    int channels = shape.dim(2);
    String patches = tokens;
    if (grid.skip() > 0) {
      patches = add(nodes, tokens, "patches", slice(grid.skip(), places, channels), tokens);
    }
    Shape space = Shape.of(samples, grid.height(), grid.width(), channels);
    String maps = add(nodes, tokens, "grid", new Reshape(space), patches);
    Shape list = Shape.of(samples, places, channels);
    String rows = add(nodes, tokens, "rows", new Reshape(list), maps);
    if (grid.skip() == 0) {
      return rows;
    }
    String first = add(nodes, tokens, "first", slice(0, grid.skip(), channels), tokens);
    return add(nodes, tokens, "joined", new Concat(1), first, rows);
  }

  private Slice slice(int start, int count, int channels) {
    return new Slice(List.of(0, start, 0), List.of(samples, count, channels), List.of(1, 1, 1));
  }

  private static String add(
      List<Node> nodes, String tokens, String step, Operation operation, String... from) {
    String output = tokens + "/" + step;
    // The feature maps are found by the name of their tokens, too.
    String name = step.equals("grid") ? tokens : output;
    nodes.add(new Node(name, operation, List.of(from), output, SOURCE));
    return output;
  }
}
