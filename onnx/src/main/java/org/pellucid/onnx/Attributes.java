package org.pellucid.onnx;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A node's attributes with the types that its operator gives them. Each getter throws an
 * IllegalArgumentException if the file has another type than asked for.
 */
final class Attributes {
  private final Map<String, OnnxAttribute> values;

  Attributes(Map<String, OnnxAttribute> values) {
    this.values = values;
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  int whole(String name, int otherwise) {
    OnnxAttribute value = values.get(name);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof OnnxAttribute.Whole whole && (int) whole.value() == whole.value()) {
      return (int) whole.value();
    }
    throw wrong(name, "an int");
  }

  int whole(String name) {
    require(name);
    return whole(name, 0);
  }

  boolean flag(String name, boolean otherwise) {
    return whole(name, otherwise ? 1 : 0) != 0;
  }

  /** A float; the default is one too, so that writing it out changes nothing. */
  double real(String name, float otherwise) {
    OnnxAttribute value = values.get(name);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof OnnxAttribute.Real real) {
      return real.value();
    }
    throw wrong(name, "a float");
  }

  String text(String name, String otherwise) {
    OnnxAttribute value = values.get(name);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof OnnxAttribute.Text text) {
      return text.value();
    }
    throw wrong(name, "a string");
  }

  String text(String name) {
    require(name);
    return text(name, "");
  }

  /** A list of ints, null if the node has none of this name. */
  List<Integer> wholes(String name) {
    OnnxAttribute value = values.get(name);
    if (value == null) {
      return null;
    }
    if (value instanceof OnnxAttribute.Wholes wholes) {
      return wholes.values().stream().map(Attributes::clamped).toList();
    }
    throw wrong(name, "a list of ints");
  }

  /** Ends of slices may be as large as a long; what is beyond an int is as good as its limit. */
  static int clamped(long value) {
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, value));
  }

  /** The attribute itself, null if there is none. */
  OnnxAttribute get(String name) {
    return values.get(name);
  }

  private void require(String name) {
    if (!values.containsKey(name)) {
      throw new IllegalArgumentException("attribute " + name + " is missing");
    }
  }

  private IllegalArgumentException wrong(String name, String wanted) {
    return new IllegalArgumentException(
        "attribute " + name + " should be " + wanted + ", found " + values.get(name));
  }

  /** As {@code , mode=cubic, axes=[1,2]}: to follow the opset in messages. */
  @Override
  public String toString() {
    return values.entrySet().stream()
        .limit(12)
        .map(entry -> ", " + entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining());
  }
}
