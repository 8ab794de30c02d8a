package org.pellucid.graph.pass;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;

/**
 * A graph cut in two at taps. The <em>prefix</em> are the nodes that depend on no tap: gradients
 * never go through them. The <em>suffix</em> are the nodes that depend on a tap. What the suffix
 * needs of the prefix is the <em>frontier</em>. Nodes that neither outputs nor taps need are in
 * neither part.
 */
public final class TapSplit {
  private final Set<String> prefix;
  private final Set<String> suffix;
  private final Set<String> frontier;

  private TapSplit(Set<String> prefix, Set<String> suffix, Set<String> frontier) {
    this.prefix = Collections.unmodifiableSet(prefix);
    this.suffix = Collections.unmodifiableSet(suffix);
    this.frontier = Collections.unmodifiableSet(frontier);
  }

  /**
   * Cuts a graph.
   *
   * @param taps tensors of the graph; without any, all nodes are in the suffix
   */
  public static TapSplit at(ModelGraph graph, Collection<String> taps) {
    Set<String> ends = new LinkedHashSet<>(graph.outputs());
    ends.addAll(taps);
    Set<String> needed = graph.upstream(ends);
    Set<String> dependent = graph.downstream(Set.copyOf(taps));
    Set<String> prefix = new LinkedHashSet<>();
    Set<String> suffix = new LinkedHashSet<>();
    Set<String> crossing = new LinkedHashSet<>(ends);
    for (Node node : graph.nodes()) {
      if (!needed.contains(node.output())) {
        continue;
      }
      if (taps.isEmpty() || node.inputs().stream().anyMatch(dependent::contains)) {
        suffix.add(node.output());
        crossing.addAll(node.inputs());
      } else {
        prefix.add(node.output());
      }
    }
    crossing.removeAll(suffix);
    crossing.removeAll(graph.constants().keySet());
    return new TapSplit(prefix, suffix, crossing);
  }

  /** The outputs of the prefix's nodes, in order. */
  public Set<String> prefix() {
    return prefix;
  }

  /** The outputs of the suffix's nodes, in order. */
  public Set<String> suffix() {
    return suffix;
  }

  /**
   * The tensors of the prefix, or inputs of the graph, that are wanted after it: taps that depend
   * on no other tap, what bypasses taps on its way into the suffix, and outputs of the graph that
   * depend on no tap.
   */
  public Set<String> frontier() {
    return frontier;
  }
}
