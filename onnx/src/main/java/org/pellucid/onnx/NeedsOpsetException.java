package org.pellucid.onnx;

/** A node that the ONNX operators to be used cannot express; newer ones can. */
final class NeedsOpsetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int lowest;

  /**
   * Makes the refusal.
   *
   * @param what what the operators lack, as the beginning of a sentence
   * @param lowest the lowest opset that has it
   */
  NeedsOpsetException(String what, int lowest) {
    super(what + " needs opset " + lowest, null, false, false);
    this.lowest = lowest;
  }

  int lowest() {
    return lowest;
  }
}
