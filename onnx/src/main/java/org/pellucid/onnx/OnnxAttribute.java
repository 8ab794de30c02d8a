package org.pellucid.onnx;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The value of an AttributeProto. */
sealed interface OnnxAttribute {

  /** A float. */
  record Real(float value) implements OnnxAttribute {
    @Override
    public String toString() {
      return Float.toString(value);
    }
  }

  /** An int. */
  record Whole(long value) implements OnnxAttribute {
    @Override
    public String toString() {
      return Long.toString(value);
    }
  }

  /** A string. */
  record Text(String value) implements OnnxAttribute {
    @Override
    public String toString() {
      return abbreviate(value);
    }
  }

  /** A tensor. */
  record Dense(OnnxTensor value) implements OnnxAttribute {
    @Override
    public String toString() {
      return "tensor" + value.dims();
    }
  }

  /** A list of floats. */
  record Reals(List<Float> values) implements OnnxAttribute {
    @Override
    public String toString() {
      return abbreviate(values);
    }
  }

  /** A list of ints. */
  record Wholes(List<Long> values) implements OnnxAttribute {
    @Override
    public String toString() {
      return abbreviate(values);
    }
  }

  /** A list of strings. */
  record Texts(List<String> values) implements OnnxAttribute {
    @Override
    public String toString() {
      return abbreviate(values);
    }
  }

  /**
   * A graph whose nodes may also read what stands around the node.
   *
   * @param graph the graph
   * @param free the names that it reads from around it
   * @param weight how many nodes it holds at all depths
   */
  record Nested(OnnxGraph graph, Set<String> free, long weight) implements OnnxAttribute {
    Nested(OnnxGraph graph) {
      this(graph, Renaming.free(graph), graph.nodes().stream().mapToLong(OnnxNode::weight).sum());
    }

    @Override
    public String toString() {
      return "a graph";
    }
  }

  /** Within a function, the value of an attribute of the node that calls it. */
  record Reference(String name) implements OnnxAttribute {
    @Override
    public String toString() {
      return "the caller's " + abbreviate(name);
    }
  }

  /** Something that no supported operator has: a sparse tensor, a type. */
  record Other(String kind) implements OnnxAttribute {
    @Override
    public String toString() {
      return kind;
    }
  }

  private static String abbreviate(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }

  private static String abbreviate(List<?> values) {
    return values.stream()
        .limit(8)
        .map(value -> abbreviate(String.valueOf(value)))
        .collect(Collectors.joining(",", "[", values.size() > 8 ? ",...]" : "]"));
  }
}
