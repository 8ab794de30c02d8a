package org.pellucid.backend.cuda;

import java.util.List;
import java.util.Map;
import org.pellucid.graph.TensorType;

/**
 * How a graph is computed on the card.
 *
 * @param steps what is done, in order
 * @param results the graph's outputs
 * @param offsets where each slot lies in the workspace
 * @param workspace how many bytes the workspace must have
 * @param owned memory that ends with the plan
 */
record Plan(
    List<Step> steps,
    Map<String, TensorType> results,
    Map<Place.Slot, Long> offsets,
    long workspace,
    List<DeviceBuffer> owned) {}
