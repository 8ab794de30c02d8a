package org.pellucid.backend.cuda;

import org.pellucid.graph.Shape;

/**
 * A tensor on the card.
 *
 * @param name in the graph
 * @param shape its shape
 * @param place where it lies
 */
record Operand(String name, Shape shape, Place place) {
  /** How many elements. */
  long size() {
    return shape.size();
  }
}
