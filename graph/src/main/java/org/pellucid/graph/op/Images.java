package org.pellucid.graph.op;

import org.pellucid.graph.Samples;

/** How operations on images [N, C, spatial...] treat samples. */
final class Images {
  private Images() {}

  /** Samples stay apart on axis 0 of inputs that all stack them there. */
  static Samples paired(int[] axes) {
    for (int axis : axes) {
      if (axis != axes[0]) {
        return Samples.mix("it pairs an input that holds the samples with one that does not");
      }
    }
    return samples(new int[] {axes[0]});
  }

  /**
   * Samples stay apart on axis 0 of the first input, if the weights and other parameters after it
   * are the same for all of them.
   */
  static Samples samples(int[] axes) {
    for (int i = 1; i < axes.length; i++) {
      if (axes[i] != Samples.NONE) {
        return Samples.mix("its parameters are computed from the samples");
      }
    }
    return axes[0] <= 0
        ? Samples.along(axes[0])
        : Samples.mix(
            "it takes axis " + axes[0] + " for channels or space, and that axis holds the samples");
  }
}
