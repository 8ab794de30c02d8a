package org.pellucid.onnx;

import java.util.List;
import java.util.Map;

/**
 * A TensorProto without its elements, which stay in the file until they are asked for.
 *
 * @param name may be empty (in attributes)
 * @param dims axis lengths as written, not checked
 * @param dataType number of the element type
 * @param elements where the elements are
 */
record OnnxTensor(String name, List<Long> dims, int dataType, Elements elements) {

  /** Where a tensor's elements are. */
  sealed interface Elements {}

  /**
   * A part of the model file.
   *
   * @param offset from the file's beginning, in bytes
   * @param length in bytes
   */
  record Range(long offset, long length) {}

  /** Little-endian numbers of the tensor's own width, in the model file. */
  record Raw(Range range) implements Elements {}

  /**
   * A typed field of the message, possibly in several parts.
   *
   * @param field its number: 4 float_data, 5 int32_data, 7 int64_data, 10 double_data, 11
   *     uint64_data
   * @param packed parts in the file in which numbers stand one after the other
   * @param single numbers that stand each for itself, in file order and encoded as in a packed part
   */
  record Typed(int field, List<Range> packed, byte[] single) implements Elements {}

  /** Another file; keys as in the specification: location, offset, length. */
  record External(Map<String, String> entries) implements Elements {}

  /** Strings, which no supported operator needs. */
  record Strings() implements Elements {}

  /** No elements in the message. */
  record None() implements Elements {}

  /** The same tensor under another name. */
  OnnxTensor named(String other) {
    return new OnnxTensor(other, dims, dataType, elements);
  }

  /** For messages. */
  String displayName() {
    return name.isEmpty() ? "a tensor without a name" : "tensor \"" + name + "\"";
  }
}
