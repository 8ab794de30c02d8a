package org.pellucid.importer.dl4j;

/**
 * What a layer makes, as it stands in the graph.
 *
 * @param tensor the tensor; where it has three axes or more, channels are its axis 1
 * @param channelsLast whether the model itself has the channels on the last axis: what counts when
 *     it is flattened, or an axis is named
 */
record Value(String tensor, boolean channelsLast) {
  /** Another tensor in the same order. */
  Value with(String other) {
    return new Value(other, channelsLast);
  }
}
