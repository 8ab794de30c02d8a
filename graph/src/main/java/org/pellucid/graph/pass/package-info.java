/**
 * What can be worked out about a graph, and rewrites that keep what it computes: samples that
 * travel together, the layout of feature maps, where the scores are, folding.
 */
package org.pellucid.graph.pass;
