package org.pellucid.backend.djl;

/** Literals of TorchScript. */
final class Script {
  private Script() {}

  static String bool(boolean value) {
    return value ? "True" : "False";
  }

  /** A finite number as a literal of type float. */
  static String number(double value) {
    return Double.toString(value).replace('E', 'e');
  }
}
