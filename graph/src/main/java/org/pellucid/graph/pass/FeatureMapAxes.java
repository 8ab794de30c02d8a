package org.pellucid.graph.pass;

import java.util.List;

/**
 * Which axes of a tensor are what, for a tensor that holds feature maps.
 *
 * @param sampleAxis the axis of the samples
 * @param channelAxis the axis of the feature maps
 * @param spatialAxes the axes of space in the order height, width (1 to 3 of them)
 */
public record FeatureMapAxes(int sampleAxis, int channelAxis, List<Integer> spatialAxes) {
  /** Copies the list of axes. */
  public FeatureMapAxes {
    spatialAxes = List.copyOf(spatialAxes);
  }
}
