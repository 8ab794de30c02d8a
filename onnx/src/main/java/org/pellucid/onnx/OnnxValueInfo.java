package org.pellucid.onnx;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A ValueInfoProto: a named value and what its file says of its type.
 *
 * @param name the tensor's name
 * @param kind {@code "tensor"}, or what else it is, as {@code "sequence"}; empty if not given
 * @param dataType number of the element type, 0 if not given
 * @param axes null when the file gives no shape
 */
record OnnxValueInfo(String name, String kind, int dataType, List<Axis> axes) {
  /**
   * One axis.
   *
   * @param length its length; less than 1 (some exporters write 0) when it is open
   * @param symbol the name of an open length, may be empty
   */
  record Axis(long length, String symbol) {
    boolean open() {
      return length < 1;
    }

    @Override
    public String toString() {
      return open() ? symbol.isEmpty() ? "?" : symbol : Long.toString(length);
    }
  }

  /** The shape as written in the file, as {@code [N, 3, 224, 224]}. */
  String shapeText() {
    return axes == null
        ? "of unknown rank"
        : axes.stream().map(Axis::toString).collect(Collectors.joining(", ", "[", "]"));
  }
}
