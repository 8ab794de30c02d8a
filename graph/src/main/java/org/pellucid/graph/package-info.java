/**
 * A convolutional network as data: tensors, operations, graphs, and what can be worked out about
 * them without an engine (shapes, layouts, batching, passes, a reference evaluation in double
 * precision). Plain Java, no dependency.
 */
package org.pellucid.graph;
