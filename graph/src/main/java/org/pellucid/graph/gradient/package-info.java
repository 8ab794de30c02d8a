/**
 * Gradients as graphs: from a network as data, the network that computes its vector-Jacobian
 * products. The rule of each operation stands in its record ({@link
 * org.pellucid.graph.Operation#gradient}); here they are chained.
 */
package org.pellucid.graph.gradient;
