package org.pellucid.graph;

/** What a tensor's elements are. Narrower numbers of a model file are widened when it is read. */
public enum ElementType {
  /** IEEE 754 binary32; weights and activations. */
  FLOAT32(4),
  /** IEEE 754 binary64. */
  FLOAT64(8),
  /** Signed 64-bit integers; indices and class numbers. */
  INT64(8),
  /** Truth values, one byte each, 0 or 1. */
  BOOL(1);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** The size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** Whether gradients can flow through tensors of this type. */
  public boolean isFloating() {
    return this == FLOAT32 || this == FLOAT64;
  }
}
