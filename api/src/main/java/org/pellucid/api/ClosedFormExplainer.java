package org.pellucid.api;

/**
 * An explainer whose map is a formula in the activations A and the gradients g of one layer, and in
 * nothing else. The formula is written once, over an {@link Algebra}: {@link #explain} computes it
 * on arrays, and a differentiated network can carry it as nodes, so that an explanation becomes a
 * model of its own.
 *
 * <pre>{@code
 * public <T> T map(Algebra<T> algebra, T activations, T gradients, Options options) {
 *   T weights = algebra.meanCells(gradients);                       // Grad-CAM
 *   return algebra.sumMaps(algebra.mul(weights, activations));
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
public interface ClosedFormExplainer extends Explainer {
  /**
   * The raw signed map, before ReLU: what {@link #explain} gives for the whole layer. Nothing has
   * to be said about values that are not finite, for which there is no map.
   *
   * @param activations A, maps by cells
   * @param gradients g = dS/dA, maps by cells; may be zero everywhere
   * @param options of the explainer
   * @return a number per cell
   */
  <T> T map(Algebra<T> algebra, T activations, T gradients, Options options);
}
