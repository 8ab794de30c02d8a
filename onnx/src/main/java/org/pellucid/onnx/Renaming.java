package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Puts nodes into other surroundings: their tensors get other names, and attributes that a function
 * leaves to its caller get the caller's values. Graphs in attributes are followed, where a name of
 * their own hides the outer one.
 *
 * @param tensors the new name of each tensor
 * @param attributes what stands for {@link OnnxAttribute.Reference}s, by the name referred to
 */
record Renaming(UnaryOperator<String> tensors, Map<String, OnnxAttribute> attributes) {

  /** A node among the new names. */
  OnnxNode of(OnnxNode node, String name) {
    return new OnnxNode(
        name,
        node.operator(),
        node.domain(),
        node.overload(),
        renamed(node.inputs()),
        renamed(node.outputs()),
        resolved(node.attributes()));
  }

  private List<String> renamed(List<String> names) {
    return names.stream().map(name -> name.isEmpty() ? "" : tensors.apply(name)).toList();
  }

  /** An attribute that the caller leaves out too is left out. */
  private Map<String, OnnxAttribute> resolved(Map<String, OnnxAttribute> values) {
    Map<String, OnnxAttribute> resolved = new LinkedHashMap<>();
    values.forEach(
        (name, value) -> {
          OnnxAttribute meant = value;
          if (value instanceof OnnxAttribute.Reference reference) {
            meant = attributes.get(reference.name());
          } else if (value instanceof OnnxAttribute.Nested nested) {
            meant = new OnnxAttribute.Nested(of(nested.graph()));
          }
          if (meant != null) {
            resolved.put(name, meant);
          }
        });
    return resolved;
  }

  private OnnxGraph of(OnnxGraph graph) {
    Set<String> own = graph.own();
    Renaming inner =
        new Renaming(name -> own.contains(name) ? name : tensors.apply(name), attributes);
    return new OnnxGraph(
        graph.nodes().stream().map(node -> inner.of(node, node.name())).toList(),
        graph.initializers(),
        graph.sparseInitializers(),
        graph.inputs(),
        graph.outputs().stream()
            .map(
                output ->
                    new OnnxValueInfo(
                        inner.tensors.apply(output.name()),
                        output.kind(),
                        output.dataType(),
                        output.axes()))
            .toList());
  }

  /** The names that a graph reads from around it. */
  static Set<String> free(OnnxGraph graph) {
    Set<String> read = new HashSet<>();
    graph.nodes().forEach(node -> read.addAll(node.reads()));
    graph.outputs().forEach(output -> read.add(output.name()));
    read.removeAll(graph.own());
    read.remove("");
    return read;
  }

  /** A node's inputs, and what the graphs in its attributes read from around them. */
  static List<String> reads(OnnxNode node) {
    List<String> reads = new ArrayList<>(node.inputs());
    for (OnnxAttribute value : node.attributes().values()) {
      if (value instanceof OnnxAttribute.Nested nested) {
        reads.addAll(nested.free());
      }
    }
    return reads;
  }
}
